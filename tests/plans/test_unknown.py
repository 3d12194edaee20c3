"""The sheet and the forms of Én Plan before a writer who may not know of everybody in the family (C5)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from consent.basis import load_basis
from consent.sharing import Reader, may_know_of
from meetings.models import Attendance, Presence
from plans import actions
from plans.models import ItemKind, PlanItem, PlanVersion
from tests.organisation.factories import EmploymentFactory
from tests.plans import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def family() -> factories.Anton:
    """PPR, whose Louise is referent and could not come, may know of Sofie and Anton, and of nobody else."""
    made = factories.anton()
    Attendance.objects.filter(participation=made.louise).update(presence=Presence.ABSENT)
    basis, reader = load_basis(made.forloeb), Reader(made.louise.recipient)
    assert [name for name, one in made.people.items() if may_know_of(reader, one.pk, basis)] == ["mor", "anton"]
    return made


@pytest.fixture
def draft(family: factories.Anton) -> PlanVersion:
    return actions.start_version(by=family.referent, meeting=family.meeting)


def goal(family: factories.Anton, draft: PlanVersion, text: str, by: str = "louise", **marks: object) -> PlanItem:
    about = {"about": [family.anton], "topic": factories.topic("skole")} | marks
    return actions.add_item(by=family.user(by), version=draft, kind=ItemKind.GOAL, text=text, **about)


def browser(family: factories.Anton, who: str = "louise") -> Client:
    client = Client()
    client.force_login(family.user(who))
    return client


def sheet(family: factories.Anton, draft: PlanVersion, who: str = "louise") -> str:
    return browser(family, who).get(reverse("plans:edit", args=[draft.pk])).content.decode()


@pytest.mark.parametrize(
    ("text", "told", "tovholders"),
    [
        (
            "Anton er i skole, far afleverer",
            "Teksten nævner en, punktet ikke er mærket med.",
            r"Jens står i teksten, men punktet er ikke mærket med Jens\.",
        ),
        (
            "Anton er i skole, far og mor afleverer",
            "Sofie står i teksten, men punktet er ikke mærket med Sofie. "
            "Teksten nævner også en anden, punktet ikke er mærket med.",
            "(Jens og Sofie|Sofie og Jens) står i teksten",  # in the order of their keys
        ),
    ],
)
def test_C5_the_warning_gives_no_name_to_somebody_unknown_to_the_writer(
    family: factories.Anton, draft: PlanVersion, text: str, told: str, tovholders: str
) -> None:
    """»Far« in a text has no name for PPR; the warning must not say that he is called Jens."""
    made = goal(family, draft, text)
    for page in (sheet(family, draft), browser(family).get(reverse("plans:item", args=[made.pk])).content.decode()):
        assert told in page
        assert "Jens" not in page
    assert re.search(tovholders, sheet(family, draft, "mette")), "the tovholder knows everybody"


@pytest.mark.parametrize(
    ("kept_from", "told"), [(["far"], "holdes fra nogen"), (["far", "mor", "ida"], "holdes fra Sofie og andre")]
)
def test_C5_M8_from_whom_a_line_is_kept_is_named_only_where_the_writer_may_know_of_them(
    family: factories.Anton, draft: PlanVersion, kept_from: list[str], told: str
) -> None:
    """That it is kept from somebody the writer must know, to write with care; not who it is."""
    goal(family, draft, "Anton sover hos en ven", kept_from=[family.people[name] for name in kept_from])
    page = sheet(family, draft)
    assert told in page
    assert not re.search(r"Jens|Ida", page)
    assert re.search("holdes fra (Ida, )?Jens", sheet(family, draft, "mette"))


def test_C5_C12_the_page_about_clues_names_no_reader_whom_the_writer_may_not_know_of(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """Anton's line comes to far, from whom mor's address is protected; PPR may not know that there is a far."""
    family.mor.address, family.mor.protected_address = "Kanariehøj 17, 5800 Storebælt", True
    family.mor.save()
    goal(family, draft, "Anton er glad på Kanariehøj")

    def asked(who: str) -> str:
        return browser(family, who).post(reverse("plans:edit", args=[draft.pk]), {"do": "finish"}).content.decode()

    page = asked("louise")
    assert "»Kanariehøj«" in page
    assert "Det ville komme til en i familien." in page
    assert "Jens" not in page
    assert "Det ville komme til Jens Mikkelsen." in asked("mette"), "the tovholder knows everybody"
    confirmed = re.search(r'name="spor" value="(\w+)"', page)
    assert confirmed is not None
    Attendance.objects.filter(participation=family.louise).update(presence=Presence.PRESENT)
    assert "Det ville komme til Jens Mikkelsen." in asked("louise"), "she met him there"
    done = browser(family).post(reverse("plans:edit", args=[draft.pk]), {"do": "finish", "spor": confirmed[1]})
    assert done.status_code == 302
    fars = draft.copies.get(recipient=f"p:{family.far.pk}")
    assert browser(family, "mette").get(reverse("plans:copy", args=[fars.pk])).status_code == 200, "it was confirmed"


def test_C5_the_slip_of_a_note_does_not_say_who_said_it_to_a_writer_who_may_not_know_of_them(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """As on the board: far's words about Anton are shown as words, without his name; Sofie's with hers."""
    factories.note(family, "Han skal møde til tiden", said_by=family.far)
    factories.note(family, "Han møder gerne", said_by=family.mor)
    page = sheet(family, draft)
    assert "»Han skal møde til tiden«</p>" in page
    assert '»Han møder gerne« <span class="voice__who">Sofie</span>' in page
    assert "Jens" not in page
    assert '»Han skal møde til tiden« <span class="voice__who">Jens</span>' in sheet(family, draft, "mette")


def test_C5_M10_who_sat_at_the_table_with_the_writer_is_no_news_to_them(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """Louise came after all, and met far there."""
    Attendance.objects.filter(participation=family.louise).update(presence=Presence.PRESENT)
    goal(family, draft, "Anton er i skole, far afleverer", kept_from=[family.far])
    page = sheet(family, draft)
    assert "Jens står i teksten, men punktet er ikke mærket med Jens." in page
    assert "holdes fra Jens" in page


def colleague(family: factories.Anton, of: str = "louise") -> Client:
    """Takes part through the same department, and was at no meeting."""
    made = EmploymentFactory(department=family.staff[of].department)
    Participation.objects.create(
        forloeb=family.forloeb, user=made.user, department=made.department, from_date=timezone.localdate()
    )
    client = Client()
    client.force_login(made.user)
    return client


HIS_WORDS = "Jeg vil holde op med at drikke"


@pytest.mark.parametrize("reworded", [False, True], ids=["as it stood", "reworded"])
@pytest.mark.parametrize(("written_by", "reads_theirs"), [("", False), ("mette", True)])
def test_C5_a_line_from_the_board_is_no_more_open_in_the_draft_than_on_the_board(
    family: factories.Anton, draft: PlanVersion, written_by: str, reads_theirs: bool, reworded: bool
) -> None:
    """Far said it at the table, where Louise was. Her colleague was not, and has no consent: neither from the board nor
    from the draft. Mette's colleague has the note that Mette's department wrote; not what Louise makes of it."""
    Attendance.objects.filter(participation=family.louise).update(presence=Presence.PRESENT)
    note = factories.note(family, HIS_WORDS, said_by=family.far, topic="misbrug", about=[family.far])
    note.contributed_by = family.staff[written_by].recipient if written_by else ""
    note.save()
    used = actions.use_note(by=family.referent, version=draft, note=note, kind=ItemKind.GOAL)
    words = HIS_WORDS
    if reworded:
        words = "Jens drikker ikke om aftenen"
        actions.change_item(by=family.referent, item=used, text=words)
    url = reverse("plans:page", args=[draft.pk])
    assert words in browser(family).get(url).content.decode(), "the referent was there"
    assert "drikke" not in colleague(family).get(url).content.decode()
    theirs = colleague(family, "mette").get(url).content.decode()
    assert (words in theirs) is (reads_theirs and not reworded)


def test_C5_a_line_the_writer_typed_is_their_departments_own_in_the_draft(
    family: factories.Anton, draft: PlanVersion
) -> None:
    goal(family, draft, "Jens møder til tiden", about=[family.far], topic=factories.topic("beskaeftigelse"))
    assert "Jens møder til tiden" in colleague(family).get(reverse("plans:page", args=[draft.pk])).content.decode()


def hidden_goal(family: factories.Anton, draft: PlanVersion) -> PlanItem:
    return goal(family, draft, "Stoppe med at drikke", "mette", about=[family.far], topic=factories.topic("misbrug"))


def test_C5_a_line_without_a_place_goes_under_the_last_goal_its_writer_may_see(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """A line under a hidden goal took that goal's marks: »Om Jens · misbrug«."""
    first = goal(family, draft, "Anton er i skole")
    hidden = hidden_goal(family, draft)
    client, url = browser(family), reverse("plans:edit", args=[draft.pk])
    assert "Stoppe" not in client.get(url).content.decode()
    client.post(url, {"do": "add:agreement:"})
    added = draft.items.get(kind=ItemKind.AGREEMENT)
    assert added.parent == first
    page = client.post(url, {f"v-{added.pk}": added.row_version, f"text-{added.pk}": "Ringer"}, follow=True)
    assert "Om Anton · skole" in page.content.decode()
    refused = client.post(url, {"do": f"add:agreement:{hidden.pk}"})
    assert refused.status_code == 422
    assert "Punktet kan ikke stå dér" in refused.content.decode()
    assert draft.items.filter(kind=ItemKind.AGREEMENT).count() == 1


def test_C5_where_every_goal_is_hidden_the_writer_is_asked_for_one(family: factories.Anton, draft: PlanVersion) -> None:
    hidden_goal(family, draft)
    page = browser(family).post(reverse("plans:edit", args=[draft.pk]), {"do": "add:agreement:"})
    assert page.status_code == 422
    assert "Skriv et mål først" in page.content.decode()
    assert draft.items.count() == 1


def test_C5_a_new_text_does_not_take_the_marks_of_a_goal_that_has_gone_out_of_sight(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """The tovholder writes far's drinking into the goal over Louise's line; her next word must not tell her so."""
    over = goal(family, draft, "Anton er i skole", "mette")
    line = actions.add_item(
        by=family.referent, version=draft, kind=ItemKind.AGREEMENT, parent=over, text="Anton cykler"
    )
    actions.change_item(
        by=family.user("mette"), item=over, text="Stoppe med at drikke", about=[family.far],
        topic=factories.topic("misbrug"),
    )  # fmt: skip
    line = actions.change_item(by=family.referent, item=line, text="Anton cykler til skole")
    actions.change_item(by=family.referent, item=line, text="Ringer")
    page = sheet(family, draft)
    assert "Ringer" in page
    assert not re.search("Jens|misbrug", page, re.IGNORECASE)


def saved(family: factories.Anton, line: PlanItem, **changed: object) -> PlanItem:
    """The item's page, opened and saved by Louise as a browser does it: only what the page offers, the first where a select
    has no choice made."""
    client, url = browser(family), reverse("plans:item", args=[line.pk])
    posted: dict[str, object] = {"do": "save"}
    for bound in client.get(url).context["form"]:
        offered = [str(key) for key, _ in getattr(bound.field, "choices", ())]
        value = bound.value()
        if isinstance(value, list):
            value = [one for one in value if str(one) in offered]
        elif offered and str(value) not in offered:
            value = offered[0]
        posted |= {bound.name: value} if value else {}
    assert client.post(url, posted | changed).status_code == 302
    line.refresh_from_db()
    return line


def test_C5_saving_the_marks_leaves_a_line_under_a_goal_its_writer_may_not_see(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """The select had no choice for the hidden goal, so »Gem« moved the line to the first one in sight."""
    by = family.user("mette")
    hidden, seen = hidden_goal(family, draft), goal(family, draft, "Anton er i skole", "mette")
    school = {"about": [family.anton], "topic": factories.topic("skole"), "kind": ItemKind.AGREEMENT}
    under_hidden = actions.add_item(by=by, version=draft, parent=hidden, text="Anton cykler", **school)
    under_seen = actions.add_item(by=by, version=draft, parent=seen, text="Anton spiser", **school)
    topic = factories.topic("helbred")
    line = saved(family, under_hidden, topic=topic.pk)
    assert (line.parent, line.topic) == (hidden, topic)
    page = browser(family).get(reverse("plans:item", args=[line.pk])).content.decode()
    assert "Stoppe" not in page
    assert 'name="parent"' not in page
    other = goal(family, draft, "Anton sover", "mette")
    assert saved(family, under_seen, parent=other.pk).parent == other, "what the writer sees they can still move"


def test_C5_M6_saving_the_marks_leaves_the_words_with_whoever_said_them(
    family: factories.Anton, draft: PlanVersion
) -> None:
    """Louise wrote far's words down, but her department may not know of him: the select cannot name him, so it is not there."""
    line = goal(family, draft, "Han kommer til tiden", said_by=family.far)
    assert saved(family, line, topic=factories.topic("helbred").pk).said_by == family.far
    mors = goal(family, draft, "Han kommer gerne", said_by=family.mor)
    assert saved(family, mors, said_by="").said_by is None, "what the writer sees they can still mend"
