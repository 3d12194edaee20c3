"""A child's line is kept from the parents from its first moment, not first when its panel is opened (M8)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from drafts.actions import save_draft
from meetings import actions
from meetings.boards import draft_key
from meetings.models import BoardNote
from tests.meetings.factories import note, seat, sitting

pytestmark = pytest.mark.django_db
TICK = 'name="kept_from_parents"'


def board(s):
    return reverse("meetings:board", args=[s.meeting.pk])


def line(s, name, **more):
    said_by = s.person(name).pk if name else ""
    return {"column": "fungerer", "text": "Jeg sover dårligt", "said_by": said_by, "kept_from_parents": "on", **more}


def names(people):
    return {one.first_name for one in people.all()}


def test_M8_a_ticked_line_is_kept_from_every_parent_and_on_no_wall(client, s):
    seat(s, "unge", "job", "anna", "bo", "freja")
    client.force_login(s.tavle)
    assert client.post(board(s), line(s, "freja")).status_code == 302
    made = BoardNote.objects.get()
    assert names(made.kept_from) == {"Anna", "Bo", "Carl"}, "who has custody, the other parent, and the step-parent"
    page = client.get(board(s)).content.decode()
    assert "»Jeg sover dårligt«" in page
    assert "Ikke på væggen" in page
    assert "Jeg sover" not in client.get(reverse("meetings:wall", args=[s.meeting.pk])).content.decode()
    assert client.post(board(s), line(s, "freja", kept_from_parents="")).status_code == 302
    assert "Jeg sover" in client.get(reverse("meetings:wall", args=[s.meeting.pk])).content.decode()


def test_M8_C5_it_is_kept_from_parents_the_writer_may_not_know_of(client):
    s = sitting(yes=("freja",))
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    assert TICK in page
    assert "Carl" not in page
    client.post(board(s), line(s, "freja"))
    assert names(BoardNote.objects.get().kept_from) == {"Anna", "Bo", "Carl"}


@pytest.mark.parametrize("name", ["anna", ""])
def test_M8_a_tick_without_a_child_is_refused_and_nothing_typed_is_lost(client, name, s):
    """Saved as an ordinary line it would stand on the wall, and the writer believe that it does not."""
    client.force_login(s.tavle)
    answer = client.post(board(s), line(s, name))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Vælg det barn eller den unge, der sagde det" in page
    assert "Jeg sover dårligt</textarea>" in page
    assert f"{TICK} data-draft checked" in page
    assert not BoardNote.objects.exists()


def test_M8_a_child_without_a_parent_in_the_forloeb_has_nobody_to_keep_it_from(client, s):
    for name in ("anna", "bo", "carl"):
        s.case.forloeb.persons.filter(person=s.person(name)).update(to_date=s.meeting.starts_at.date())
    client.force_login(s.tavle)
    assert TICK not in client.get(board(s)).content.decode()
    with pytest.raises(ValidationError, match="Ingen forælder er med"):
        note(s, "Nej", said_by="freja", kept_from_parents=True)


def test_M8_a_young_mother_under_age_can_keep_it_from_her_own_parents(s):
    freja = s.case.forloeb.family.members.get(person=s.person("freja"))
    freja.kind = "parent"
    freja.save()
    made = note(s, "Jeg sover dårligt", said_by="freja", kept_from_parents=True)
    assert names(made.kept_from) == {"Anna", "Bo", "Carl"}, "and never from herself"
    grown = s.person("freja")
    grown.birth_date = grown.birth_date.replace(year=grown.birth_date.year - 5)
    grown.save()
    with pytest.raises(ValidationError, match="barn eller den unge"):
        note(s, "Nej", said_by="freja", kept_from_parents=True)


def test_M8_a_draft_brings_the_tick_back_with_the_words(client, s):
    """After a lost session the line must not come back without what keeps it off the wall."""
    key = draft_key(s.meeting, "fungerer")
    fields = {"text": "Jeg sover dårligt", "said_by": str(s.person("freja").pk), "kept_from_parents": "on"}
    save_draft(by=s.tavle, key=key, fields=fields)
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    assert f'value="{s.person("freja").pk}" data-draft data-kept checked' in page
    assert f"{TICK} data-draft checked" in page
    save_draft(by=s.tavle, key=key, fields=fields | {"text": ""})
    page = client.get(board(s)).content.decode()
    assert "data-kept checked" not in page
    assert f"{TICK} data-draft checked" not in page


def test_M8_undo_brings_a_removed_line_back_as_kept(client, s):
    client.force_login(s.tavle)
    client.post(board(s), line(s, "viggo"))
    made = BoardNote.objects.get()
    client.post(reverse("meetings:note_remove", args=[made.pk]), {"row_version": made.row_version})
    client.post(reverse("meetings:undo", args=[s.meeting.pk]))
    assert names(BoardNote.objects.get().kept_from) == {"Anna", "Bo", "Carl"}
    with pytest.raises(ValidationError):
        actions.add_note(by=s.tavle, meeting=s.meeting, column="fungerer", text="Nej", kept_from_parents=True)
