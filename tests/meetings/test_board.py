"""Writing on the board: marks, moves, undo, two editors, and what the writer may see (M6, C5, C6, C8)."""

import re
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases.access import Standing
from cases.models import Participation
from consent.models import Topic
from meetings import actions
from meetings.board import Table, written_board
from meetings.models import BoardNote, Presence
from meetings.readers import reader_of
from tests.meetings.factories import attendance_of, note, refuse, seat, sitting
from tests.organisation.factories import UserFactory
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db


def board(s):
    return reverse("meetings:board", args=[s.meeting.pk])


def texts(s, column):
    rows = BoardNote.objects.filter(meeting=s.meeting, column=column).order_by("position", "created_at")
    return [row.text for row in rows]


def test_M6_a_line_is_marked_by_itself_with_who_said_it_and_whom_it_names(client, s):
    client.force_login(s.tavle)
    answer = client.post(board(s), {"column": "fungerer", "text": "Viggo sover godt", "said_by": s.person("anna").pk})
    assert answer.status_code == 302
    assert answer["Location"].endswith("#kolonne-fungerer")
    made = BoardNote.objects.get()
    assert {one.first_name for one in made.about.all()} == {"Anna", "Viggo"}
    assert made.said_by == s.person("anna")
    page = client.get(board(s)).content.decode()
    assert "»Viggo sover godt«" in page
    assert "Anna, mor" in page


GUESSED = "Carl er bange for at falde i igen, når det bliver jul"


def test_C5_a_guessed_topic_is_told_beside_the_line_until_somebody_has_looked_at_it(client, s):
    sure, unsure = note(s, "Carl har været ædru siden juni"), note(s, GUESSED)
    assert (sure.topic_is_guess, unsure.topic_is_guess) == (False, True)
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    assert page.count("(gættet)") == 1
    assert "Emne: Familie og netværk (gættet)" in page
    panel = reverse("meetings:note", args=[unsure.pk])
    assert f'href="{panel}#id_topic"' in page, "one click leads to the topic"
    assert 'id="id_topic"' in client.get(panel).content.decode()
    client.post(reverse("meetings:note_mark", args=[unsure.pk]))
    assert "(gættet)" in client.get(board(s)).content.decode(), "whom it is about is not what it is about"
    unsure.refresh_from_db()
    fields = {"text": unsure.text, "about": [s.person("carl").pk], "topic": unsure.topic_id}
    fields |= {"column": unsure.column, "row_version": unsure.row_version}
    assert client.post(panel, fields).status_code == 302
    assert "(gættet)" not in client.get(board(s)).content.decode(), "it was looked at and left"
    client.post(reverse("meetings:undo", args=[s.meeting.pk]))
    assert "(gættet)" in client.get(board(s)).content.decode()


def test_C5_a_topic_that_was_left_as_the_words_gave_it_follows_the_new_words(s):
    """A line that is mended to tell of somebody's health is not filed as what it was before."""
    made = note(s, "Carl er træt")
    fields = {"said_by": None, "about": [s.person("carl")], "kept_from": (), "column": "fungerer", "row_version": None}
    mended = actions.change_note(by=s.tavle, note=made, text="Carl er indlagt", topic=made.topic, **fields)
    assert mended.topic.key == "helbred"
    chosen = actions.change_note(
        by=s.tavle, note=made, text=mended.text, topic=Topic.objects.get(key="social"), **fields
    )
    mended = actions.change_note(by=s.tavle, note=made, text="Carl er indlagt nu", topic=chosen.topic, **fields)
    assert mended.topic.key == "social", "a topic that was chosen stays"


def test_C12_a_line_with_a_cpr_number_never_comes_on_the_board_and_is_kept_to_be_mended(client, s):
    client.force_login(s.tavle)
    answer = client.post(board(s), {"column": "fungerer", "text": "Viggo, 711019-4422, sover godt"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Der står et CPR-nummer i teksten. Fjern det, og skriv navnet i stedet." in page
    assert "Viggo, 711019-4422, sover godt</textarea>" in page
    assert not BoardNote.objects.exists()
    made = note(s, "Viggo sover godt")
    with pytest.raises(ValidationError, match="CPR-nummer"):
        actions.change_note(
            by=s.tavle, note=made, row_version=None, text="Viggo 7110194422", said_by=None,
            about=[s.person("viggo")], topic=made.topic, kept_from=[], column=made.column,
        )  # fmt: skip


def test_M6_who_writes_is_registered_present_and_the_version_rises(s):
    before = s.meeting.board_version
    note(s, "Skolevejen er lang")
    s.meeting.refresh_from_db()
    assert s.meeting.board_version == before + 1
    assert attendance_of(s, "job").presence == Presence.PRESENT
    assert s.meeting.row_version == 1


def test_M6_only_tovholder_and_roles_write_and_the_message_says_who(client, s):
    with pytest.raises(Refused, match=s.tavle.name):
        actions.add_note(by=s.teacher, meeting=s.meeting, column="fungerer", text="Nej")
    client.force_login(s.teacher)
    assert client.get(board(s)).status_code == 403


def test_C8_the_guidance_comes_before_the_board(client, s):
    s.tavle.guidance_read.all().delete()
    client.force_login(s.tavle)
    own = s.members["job"].recipient.replace(":", "-", 1)
    keys = {"board_pdf": [attendance_of(s, "job").pk], "contacts_pdf": [own]}
    for name in ("board", "wall", "may_it_be_said", "said_pdf", "board_pdf", "contacts_pdf"):
        asked = reverse(f"meetings:{name}", args=[s.meeting.pk, *keys.get(name, [])])
        answer = client.get(asked)
        assert answer.status_code == 302, name
        assert answer["Location"] == f"{reverse('consent:guidance')}?{urlencode({'videre': asked})}"
    made = note(s, "Skolevejen er lang")
    assert client.post(reverse("meetings:note_remove", args=[made.pk])).status_code == 403
    assert client.get(reverse("meetings:wall_state", args=[s.meeting.pk, "x"])).status_code == 403


def test_M6_columns_come_from_the_models_chosen_board(client):
    s = sitting(board_key="loeft")
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    for title in ("Bekymringer", "Fungerer", "Skal ske", "Aftaler"):
        assert title in page
    assert "<kbd>Alt</kbd> <kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd> <kbd>4</kbd> gå til en kolonne og skriv" in page
    with pytest.raises(ValidationError, match="kolonner"):
        note(s, "Nej", "maal")


def test_M6_moving_by_column_place_and_step(client, s):
    first, second, third = (note(s, text) for text in ("et", "to", "tre"))
    client.force_login(s.tavle)
    move = reverse("meetings:note_move", args=[third.pk])
    assert client.post(move, {"before": first.pk, "row_version": third.row_version}).status_code == 302
    assert texts(s, "fungerer") == ["tre", "et", "to"]
    client.post(reverse("meetings:note_move", args=[first.pk]), {"step": "1"})
    assert texts(s, "fungerer") == ["tre", "to", "et"]
    client.post(reverse("meetings:note_move", args=[second.pk]), {"step": "-1"})
    assert texts(s, "fungerer") == ["to", "tre", "et"]
    client.post(reverse("meetings:note_move", args=[second.pk]), {"column": "maal"})
    assert texts(s, "maal") == ["to"]
    for _ in range(14):  # the gap between neighbours runs out and the column is spread again
        last = BoardNote.objects.filter(column="fungerer").order_by("position").last()
        actions.move_note(by=s.tavle, note=last, column="fungerer", position=0)
    assert sorted(texts(s, "fungerer")) == ["et", "tre"]


def test_M6_two_editors_see_both_texts_and_nothing_is_lost(client, s):
    made = note(s, "Skolevejen er lang")
    actions.change_note(
        by=s.tovholder, note=made, row_version=made.row_version, text="Skolevejen er for lang",
        said_by=None, about=None, topic=made.topic, kept_from=(), column="fungerer",
    )  # fmt: skip
    client.force_login(s.tavle)
    fields = {"text": "Skolevejen er 3 km", "about": [s.person("freja").pk], "topic": made.topic_id}
    fields |= {"column": "fungerer", "row_version": made.row_version}
    answer = client.post(reverse("meetings:note", args=[made.pk]), fields)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Skolevejen er 3 km" in page
    assert "Skolevejen er for lang" in page
    with pytest.raises(Stale):
        actions.remove_note(by=s.tavle, note=made, row_version=made.row_version)


def test_M6_undo_takes_back_the_last_act_of_each_kind(client, s):
    client.force_login(s.tavle)
    undo = reverse("meetings:undo", args=[s.meeting.pk])
    client.post(board(s), {"column": "fungerer", "text": "Sagt", "said_by": ""})
    client.post(undo)
    assert not BoardNote.objects.exists()
    assert client.post(undo).status_code == 403
    made = note(s, "Freja er glad", about=["freja"], kept_from=["carl"], topic="fritid")
    client.post(reverse("meetings:note_remove", args=[made.pk]), {"row_version": made.row_version})
    assert not BoardNote.objects.exists()
    client.post(undo)
    back = BoardNote.objects.get(pk=made.pk)
    assert (back.text, back.topic.key, list(back.about.all()), list(back.kept_from.all())) == (
        "Freja er glad", "fritid", [s.person("freja")], [s.person("carl")],
    )  # fmt: skip
    client.post(reverse("meetings:note_move", args=[made.pk]), {"column": "maal"})
    client.post(undo)
    back.refresh_from_db()
    assert back.column == "fungerer"


def test_M6_undo_does_not_run_over_a_colleague(client, s):
    client.force_login(s.tavle)
    client.post(board(s), {"column": "fungerer", "text": "Sagt"})
    made = BoardNote.objects.get()
    actions.move_note(by=s.tovholder, note=made, column="maal", position=None)
    assert client.post(reverse("meetings:undo", args=[s.meeting.pk])).status_code == 403
    assert BoardNote.objects.exists()


def test_C5_the_writer_sees_by_presence_until_somebody_says_no(client):
    s = sitting(yes=("anna",))
    client.force_login(s.tavle)
    note(s, "Skolevejen for Freja er lang", about=["freja"], topic="skole")
    note(s, "Kanarie om Anna", about=["anna"], topic="helbred")
    assert "Skolevejen" in client.get(board(s)).content.decode()
    refuse(s, "anna", s.members["job"], "helbred")
    page = client.get(board(s)).content.decode()
    assert "Kanarie" not in page
    assert "1 punkt er udeladt: samtykke mangler" in page


def test_C5_a_note_that_may_not_be_seen_cannot_be_opened_moved_or_marked(client, s):
    made = note(s, "Kanarie om Anna", about=["anna"], topic="helbred")
    refuse(s, "anna", s.members["job"], "helbred")
    client.force_login(s.tavle)
    assert client.get(reverse("meetings:note", args=[made.pk])).status_code == 404
    for name in ("note", "note_move", "note_remove", "note_mark"):
        assert client.post(reverse(f"meetings:{name}", args=[made.pk]), {"column": "maal"}).status_code == 404


def test_C5_a_name_without_a_mark_is_told_and_marked_by_one_tap(client, s):
    made = note(s, "Bo henter om onsdagen", about=["freja"], topic="familie")
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    assert "Nævner Bo" in page
    assert "Ikke på væggen" in page
    client.post(reverse("meetings:note_mark", args=[made.pk]))
    assert {one.first_name for one in made.about.all()} == {"Bo", "Freja"}
    assert "Nævner Bo" not in client.get(board(s)).content.decode()


def test_M8_what_is_kept_from_somebody_names_nobody_on_the_board(client, s):
    note(s, "Jeg er bange om aftenen", said_by="viggo", kept_from=["carl"])
    client.force_login(s.tavle)
    page = client.get(board(s)).content.decode()
    assert "Ikke på væggen" in page
    assert "Det er ikke sagt til alle i rummet." in page
    with pytest.raises(ValidationError, match="selv sagde"):
        note(s, "Nej", said_by="viggo", kept_from=["viggo"])


def test_a_note_keeps_words_after_the_meeting_but_marks_may_be_mended(s):
    made = note(s, "Skolevejen er lang")
    seat(s, "unge", "job", "anna")
    actions.hold(by=s.tovholder, meeting=s.meeting)
    made.refresh_from_db()
    fields = {"said_by": None, "about": [s.person("anna")], "topic": made.topic, "kept_from": (), "column": "fungerer"}
    with pytest.raises(Refused, match="holdt"):
        actions.change_note(by=s.tavle, note=made, row_version=None, text="Noget andet", **fields)
    actions.change_note(by=s.tavle, note=made, row_version=None, text="Skolevejen er lang", **fields)
    with pytest.raises(Refused):
        note(s, "For sent")


def test_C2_C5_the_form_of_a_note_keeps_a_topic_that_has_gone_out_of_use(client, s):
    made = note(s, "Skolevejen er lang")
    topic = made.topic
    topic.is_active = False
    topic.save()
    client.force_login(s.tovholder)
    url = reverse("meetings:note", args=[made.pk])
    shown = client.get(url)
    assert f'value="{topic.pk}" selected>{topic.name} (bruges ikke mere)' in shown.content.decode()
    given = {
        "text": made.text, "about": [s.person("freja").pk], "topic": topic.pk, "column": made.column,
        "row_version": made.row_version,
    }  # fmt: skip
    assert client.post(url, given).status_code == 302
    made.refresh_from_db()
    assert made.topic == topic


def test_an_empty_line_and_a_wrong_person_are_told_in_danish(client, s):
    other = sitting()
    client.force_login(s.tavle)
    answer = client.post(board(s), {"column": "fungerer", "text": " "})
    assert answer.status_code == 422
    assert "Skriv, hvad der skal stå på tavlen." in answer.content.decode()
    answer = client.post(board(s), {"column": "fungerer", "text": "Hej", "said_by": other.person("anna").pk})
    assert answer.status_code == 422
    assert "Hej" in answer.content.decode()
    with pytest.raises(ValidationError, match="forløbet nu"):
        actions.add_note(by=s.tavle, meeting=s.meeting, column="fungerer", text="Nej", about=[other.person("anna")])


def test_M6_scaling_start_and_now(client, s):
    client.force_login(s.tavle)
    url = reverse("meetings:scaling", args=[s.meeting.pk])
    client.post(url, {"person": s.person("freja").pk, "when": "start", "value": "2"})
    client.post(url, {"person": s.person("freja").pk, "when": "end", "value": "4"})
    answer = s.meeting.scaling.get()
    assert (answer.start, answer.end) == (2, 4)
    assert client.post(url, {"person": s.person("freja").pk, "value": "11"}).status_code == 422


def test_M6_a_number_pressed_by_mistake_at_the_start_is_asked_anew(client, s):
    """The next press set the number of the end, and the wrong start stood for good."""
    client.force_login(s.tavle)
    url, freja = reverse("meetings:scaling", args=[s.meeting.pk]), s.person("freja").pk
    client.post(url, {"person": freja, "when": "start", "value": "2"})
    assert 'value="anew"' in client.get(board(s)).content.decode()
    client.post(url, {"person": freja, "when": ["end", "anew"]})
    assert not s.meeting.scaling.exists()
    assert 'value="anew"' not in client.get(board(s)).content.decode()
    client.post(url, {"person": freja, "when": "start", "value": "7"})
    assert s.meeting.scaling.get().start == 7


def test_the_other_writers_poll_and_hear_only_of_news(client, s):
    client.force_login(s.tavle)
    first = client.get(reverse("meetings:board_state", args=[s.meeting.pk, "x"]))
    stamp = re.search(r'data-stamp="(\w+)"', first.content.decode())[1]
    url = reverse("meetings:board_state", args=[s.meeting.pk, stamp])
    assert client.get(url, HTTP_X_FF_POLL="1").status_code == 204
    note(s, "Nyt på tavlen om Bo", about=["freja"], topic="familie")
    news = client.get(url, HTTP_X_FF_POLL="1")
    assert news.status_code == 200
    assert "Nyt på tavlen" in news.content.decode()
    stamp = re.search(r'data-stamp="(\w+)"', news.content.decode())[1]
    assert client.get(reverse("meetings:board_state", args=[s.meeting.pk, stamp])).status_code == 204


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["board", "wall"])
def test_the_number_of_queries_does_not_grow_with_the_notes(client, django_assert_max_num_queries, name, s):
    client.force_login(s.tavle)
    url = reverse(f"meetings:{name}", args=[s.meeting.pk])
    for number in range(10):
        note(s, f"Punkt {number}")
    client.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as ten:
        client.get(url)
    for number in range(90):
        note(s, f"Mere {number}", said_by="freja")
    with CaptureQueriesContext(connection) as hundred:
        client.get(url)
    assert len(hundred) <= len(ten) + 1  # the names on the log's row
    assert len(ten) < 60


def test_C5_who_sat_at_the_table_has_heard_it_also_after_a_hand_over(s) -> None:
    """A hand-over, and being taken in again, give an employee a new participation; presence follows the employee."""
    seat(s, "job", "anna")
    written = note(s, "Anna kender en på værkstedet", about=["anna"], topic="beskaeftigelse")
    others = note(s, "Anna sover dårligt", about=["anna"], topic="helbred")
    refuse(s, "anna", s.members["job"], "helbred")
    job = s.members["job"]
    assert reader_of(job).present_at == {s.meeting.pk}
    job.to_date = job.from_date
    job.save()
    again = Participation.objects.create(
        forloeb=s.case.forloeb, user=job.user, department=job.department, from_date=timezone.localdate()
    )
    stranger = Participation.objects.create(
        forloeb=s.case.forloeb, user=UserFactory(), department=job.department, from_date=timezone.localdate()
    )
    assert reader_of(again).present_at == {s.meeting.pk}
    assert reader_of(stranger).present_at == frozenset(), "a colleague was not there"
    seen = {
        one.note for column in written_board(Table.load(s.meeting, Standing(again))).columns for one in column.lines
    }
    assert written in seen
    assert others not in seen, "a no stops who was there"
