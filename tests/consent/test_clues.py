"""C12: clues to a protected address are found before a paper is made for somebody it is protected from."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from cases.models import Household, Residence
from consent import actions, clues
from consent.clues import Clue, Found, Guard, against, fingerprint, found_in, guards_of, parts_of, words_of_home
from consent.models import ClueKind, ClueWord, Declaration
from consent.sharing import Reader
from documents.models import FrozenFile
from meetings.actions import hold, invite, plan_meeting
from organisation.models import ExternalParty
from plans import actions as plan_actions
from plans.clues import CluesFound
from plans.models import PlanCopy, PlanVersion
from tests.meetings.factories import Sitting, attendance_of, note, seat, sitting
from web.errors import Refused

pytestmark = pytest.mark.django_db


def shelter(s: Sitting) -> None:
    """The scenario sammensat: Anna and Carl live behind a protected address with Freja and Viggo; Bo must not know it."""
    people = s.case.people
    for name in ("anna", "carl"):
        people[name].address, people[name].protected_address = "Kanariehøj 17, 5800 Storebælt", True
        people[name].save()
    people["anna"].phone = "09 31 61 01"
    people["anna"].save()
    home = Household.objects.create(family=s.case.forloeb.family, label="Hos Anna og Carl")
    other = Household.objects.create(family=s.case.forloeb.family, label="Hos Bo")
    for name in ("anna", "carl", "freja", "viggo"):
        Residence.objects.create(household=home, person=people[name])
    Residence.objects.create(household=other, person=people["bo"])


@pytest.fixture(scope="module")
def sheltered(lasting: None) -> Sitting:
    made = sitting()
    shelter(made)
    return made


@pytest.fixture
def s(db: None, sheltered: Sitting) -> Sitting:
    return deepcopy(sheltered)


def clue(kind: str, word: str) -> Clue:
    return Clue(timezone.now().timestamp(), "Anna", kind, word)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "word", "stands"),
    [
        ("Vi mødes på Kanariehøj 17.", "address", "Kanariehøj 17", True),
        ("Vi mødes på KANARIEHØJ\n 17", "address", "Kanariehøj 17", True),
        ("kanariehoejs beboere", "address", "Kanariehøj", True),
        ("Kanariehøj 171", "address", "Kanariehøj 17", False),
        ("Kanariefugl", "address", "Kanariehøj", False),
        ("Ring på 09316101 efter kl. 16", "phone", "09 31 61 01", True),
        ("Ring på +45 0931-6101", "phone", "09 31 61 01", True),
        ("Sag 1093161012", "phone", "09 31 61 01", False),
        ("Mødet er hos  anna og carl", "home", "Hos Anna og Carl", True),
        ("Henter på Nordskolen", "institution", "Nordskolen", True),
        ("Den gamle nordskolens gård", "institution", "Nordskolen", True),
        ("Alt går godt", "institution", "Nordskolen", False),
        ("a@b.dk", "mail", "a@b.dk", True),
        ("", "address", "Kanariehøj 17", False),
    ],
)
def test_C12_a_clue_is_found_however_it_is_written(text: str, kind: str, word: str, stands: bool) -> None:
    assert bool(found_in(text, [clue(kind, word)])) is stands


def test_C12_an_address_gives_the_street_with_and_without_its_number_but_not_the_town() -> None:
    assert parts_of("Kanariehøj 17, 5800 Storebælt") == ["Kanariehøj 17", "Kanariehøj"]
    assert parts_of("") == []
    person = clue("address", "x").person
    both = [Clue(person, "Anna", "address", word) for word in ("Kanariehøj 17", "Kanariehøj")]
    assert [one.word for one in found_in("Kanariehøj 17", both)] == ["Kanariehøj 17"]
    assert [one.word for one in found_in("Kanariehøj", both)] == ["Kanariehøj"]


def test_C12_a_protected_name_is_a_clue_but_not_the_part_that_everybody_uses(s: Sitting) -> None:
    anna, bo = s.case.people["anna"], s.case.people["bo"]
    anna.protected_name = "Anna Holmgård Vig de"
    anna.save()
    clues = against(guards_of(s.case.forloeb), Reader.of_person(bo.pk))
    found = {one.word for one in clues if one.kind == ClueKind.NAME}
    assert found == {"Anna Holmgård Vig de", "Holmgård", "Vig"}, "not Anna, and nothing too short to look for"
    told = found_in("Ring til fru Holmgård, Anna", clues)
    assert [(one.word, one.label) for one in told] == [("Holmgård", "det beskyttede navn")]
    whole = found_in("Anna Holmgård Vig de", clues)
    assert [one.word for one in whole] == ["Anna Holmgård Vig de"], "the longest only"
    apart = found_in("Vig kommer. Familien Holmgård også. Vigtigt!", clues)
    assert [one.word for one in apart] == ["Holmgård", "Vig"], (
        "each where it stands by itself, and Vig in no other word"
    )
    assert not against(guards_of(s.case.forloeb), Reader.of_person(s.case.people["viggo"].pk))


def test_C12_it_is_protected_from_the_other_parent_and_externals_only(s: Sitting) -> None:
    guards = guards_of(s.case.forloeb)
    assert {guard.name for guard in guards} == {"Anna", "Carl"}
    people = s.case.people
    for name in ("anna", "carl", "freja", "viggo"):
        assert against(guards, Reader.of_person(people[name].pk)) == []
    assert against(guards, Reader(s.members["job"].recipient)) == []
    words = {one.word for one in against(guards, Reader.of_person(people["bo"].pk))}
    assert words >= {"Kanariehøj 17", "Kanariehøj", "09 31 61 01", "Hos Anna og Carl"}
    assert against(guards, Reader(s.members["psyk"].recipient))


def test_C12_a_home_or_a_school_that_takes_part_is_a_clue_without_anybody_writing_it(s: Sitting) -> None:
    """Anna lives in a krisecenter, which takes part: its name on Bo's paper tells where she is. It is no clue to itself."""
    house = s.case.external
    assert house.name not in {one.word for guard in guards_of(s.case.forloeb) for one in guard.clues}, "of another kind"
    for kind in (ExternalParty.Kind.RESIDENTIAL, ExternalParty.Kind.EDUCATION):
        house.kind = kind
        house.save()
        guards = guards_of(s.case.forloeb)
        clues = against(guards, Reader.of_person(s.case.people["bo"].pk))
        found = found_in(f"Vibeke Strøm, {house.name}", clues)
        assert {(one.word, one.label) for one in found} == {(house.name, "skolen eller institutionen")}
        assert house.name not in {one.word for one in against(guards, Reader(s.members["psyk"].recipient))}


def test_C12_a_child_of_two_homes_knows_both_and_its_other_home_is_no_clue(s: Sitting) -> None:
    freja = s.case.people["freja"]
    freja.phone, freja.address = "09 31 99 99", "Hovedgaden 2"
    freja.save()
    Residence.objects.create(household=Household.objects.get(label="Hos Bo"), person=freja)
    guards = guards_of(s.case.forloeb)
    assert against(guards, Reader.of_person(freja.pk)) == []
    words = {one.word for one in against(guards, Reader.of_person(s.case.people["bo"].pk))}
    assert not words & {"09 31 99 99", "Hovedgaden 2"}


def test_C12_without_protection_nothing_is_looked_for(django_assert_num_queries: object) -> None:
    made = sitting()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert guards_of(made.case.forloeb) == []


def test_C12_the_words_added_come_in_their_order_with_the_persons(
    s: Sitting, django_assert_num_queries: object
) -> None:
    anna = s.case.people["anna"]
    before = next(one for one in guards_of(s.case.forloeb) if one.person == anna.pk)
    added = ["Østskolen", "Nordskolen", "Vestskolen"]
    for word in added:
        actions.add_clue(by=s.tovholder, forloeb=s.case.forloeb, person=anna, kind="institution", word=word)
    with django_assert_num_queries(2):  # type: ignore[operator]
        guards = guards_of(s.case.forloeb)
    now = next(one for one in guards if one.person == anna.pk)
    assert [one.word for one in now.clues] == [one.word for one in before.clues] + added
    assert [one.person for one in guards].count(anna.pk) == 1


def test_C12_the_tovholder_adds_words_and_others_may_not(s: Sitting, client) -> None:
    anna = s.case.people["anna"]
    word = actions.add_clue(by=s.tovholder, forloeb=s.case.forloeb, person=anna, kind="institution", word="Nordskolen")
    assert "Nordskolen" in {one.word for one in guards_of(s.case.forloeb)[0].clues} | {
        one.word for one in guards_of(s.case.forloeb)[1].clues
    }
    with pytest.raises(Refused):
        actions.add_clue(by=s.teacher, forloeb=s.case.forloeb, person=anna, kind="place", word="Biblioteket")
    url = reverse("consent:clues", args=[s.case.forloeb.pk])
    client.force_login(s.teacher)
    assert client.get(url).status_code == 403
    client.force_login(s.tovholder)
    page = client.get(url).content.decode()
    assert "Nordskolen" in page
    assert "Kanariehøj" not in page  # derived ones are named by kind only: seeing the address is a click of its own
    assert client.post(url, {"person": anna.pk, "kind": "place", "word": "x"}).status_code == 422
    assert client.post(url, {"person": anna.pk, "kind": "place", "word": "Det Blå Hus"}).status_code == 302
    client.post(reverse("consent:clue_remove", args=[word.pk]))
    assert [one.word for one in ClueWord.objects.all()] == ["Det Blå Hus"]


def test_C12_the_board_paper_for_the_other_parent_waits_for_a_yes(s: Sitting, client) -> None:
    note(s, "Freja hentes på Kanariehøj 17 om fredagen", about=["freja"], topic="familie")
    seat(s, "unge", "job", "anna", "bo", "freja")
    client.force_login(s.tovholder)
    hers = reverse("meetings:board_pdf", args=[s.meeting.pk, attendance_of(s, "anna").pk])
    assert client.get(hers)["Content-Type"] == "application/pdf"
    his = reverse("meetings:board_pdf", args=[s.meeting.pk, attendance_of(s, "bo").pk])
    answer = client.get(his)
    page = answer.content.decode()
    assert "text/html" in answer["Content-Type"]
    assert "»Kanariehøj 17«" in page
    assert "Bo" in page
    assert "Gå tilbage og ret" in page
    assert client.post(his, {"spor": "0" * 16}).status_code == 422
    confirmed = answer.context["confirmed"]
    paper = client.post(his, {"spor": confirmed})
    assert paper["Content-Type"] == "application/pdf"
    assert Event.objects.filter(kind="paper.clues_confirmed").count() == 1
    note(s, "Carl bor også på Kanariehøj", about=["carl"], topic="familie")
    # Another clue to the same reader: the yes was not for that one, but the word was there; a new word asks again.
    actions.add_clue(
        by=s.tovholder, forloeb=s.case.forloeb, person=s.case.people["anna"], kind="other", word="fredagen"
    )
    assert client.post(his, {"spor": confirmed}).status_code == 422


def draft(s: Sitting, text: str) -> PlanVersion:
    hold(by=s.tovholder, meeting=s.meeting)
    version = plan_actions.start_version(by=s.tovholder, meeting=s.meeting)
    freja = s.case.people["freja"]
    goal = plan_actions.add_item(by=s.tovholder, version=version, kind="goal", text="Freja i skole", about=[freja])
    plan_actions.add_item(
        by=s.tovholder,
        version=version,
        kind="agreement",
        parent=goal,
        text=text,
        responsible=s.members["unge"],
        due_on=timezone.localdate(),
        about=[freja],
    )
    return version


def test_C12_the_plan_is_not_finished_while_a_paper_names_a_clue(s: Sitting) -> None:
    seat(s, "unge", "job", "anna", "bo", "freja")
    version = draft(s, "Ditte henter Freja på Kanariehøj hver fredag")
    with pytest.raises(CluesFound) as asked:
        plan_actions.finish(by=s.tovholder, version=version)
    version.refresh_from_db()
    assert version.is_draft
    assert not FrozenFile.objects.filter(kind="en-plan").exists()
    readers = {one.reader for one in asked.value.found}
    assert "Bo Aagaard" in readers
    assert not readers & {"Anna Bæk", "Carl Ærø"}
    with pytest.raises(CluesFound):
        plan_actions.finish(by=s.tovholder, version=version, clues="another")
    done = plan_actions.finish(by=s.tovholder, version=version, clues=fingerprint(asked.value.found))
    assert not done.is_draft
    assert Event.objects.filter(kind="paper.clues_confirmed", forloeb_id=s.case.forloeb.pk).exists()


def test_C12_a_copy_is_shut_when_its_words_turn_out_to_be_clues_later(s: Sitting, client) -> None:
    """Confirmed when it was made: still handed out. Learnt afterwards: shut, until a correction makes a new one."""
    seat(s, "unge", "job", "anna", "bo", "freja")
    version = draft(s, "Ditte henter Freja på Kanariehøj ved Lillebo Skole")
    with pytest.raises(CluesFound) as asked:
        plan_actions.finish(by=s.tovholder, version=version)
    plan_actions.finish(by=s.tovholder, version=version, clues=fingerprint(asked.value.found))
    client.force_login(s.tovholder)
    bo = PlanCopy.objects.get(version=version, recipient=f"p:{s.case.people['bo'].pk}")
    anna = PlanCopy.objects.get(version=version, recipient=f"p:{s.case.people['anna'].pk}")
    assert client.get(reverse("plans:copy", args=[bo.pk])).status_code == 200
    ClueWord.objects.create(
        forloeb=s.case.forloeb, person=s.case.people["anna"], kind="school", word="Lillebo Skole", added_by=s.tovholder
    )
    answer = client.get(reverse("plans:copy", args=[bo.pk]))
    assert answer.status_code == 403
    assert "beskyttet adresse" in answer.content.decode()
    assert client.get(reverse("plans:copy", args=[anna.pk])).status_code == 200
    assert "Lukket: den nævner noget" in client.get(reverse("plans:page", args=[version.pk])).content.decode()


def test_C12_where_the_protected_is_met_next_is_a_clue_to_the_parent_who_is_not_asked_there(s: Sitting) -> None:
    """Bo waits outside no door that his own paper told him of. Asked to the same meeting he knows the place."""
    seat(s, "unge", "job", "anna", "bo", "freja")
    people, starts = s.case.people, timezone.now() + timedelta(days=30)
    plan = {"by": s.tovholder, "forloeb": s.case.forloeb, "ends_at": starts + timedelta(hours=1)}
    alone = plan_meeting(**plan, starts_at=starts, place="Kanariegården", persons=[people["anna"], people["freja"]])
    version = draft(s, "Ditte ringer til skolen")
    with pytest.raises(CluesFound) as asked:
        plan_actions.finish(by=s.tovholder, version=version)
    told = {(one.clue.word, one.clue.label, one.reader) for one in asked.value.found}
    assert told == {("Kanariegården", "et mødested", "Bo Aagaard")}
    invite(by=s.tovholder, meeting=alone, person=people["bo"])
    assert not plan_actions.finish(by=s.tovholder, version=version).is_draft


def test_C12_a_plan_without_clues_is_finished_without_a_question(s: Sitting) -> None:
    seat(s, "unge", "job", "anna", "bo", "freja")
    assert not plan_actions.finish(by=s.tovholder, version=draft(s, "Ditte ringer til skolen")).is_draft


def test_C12_the_page_of_the_plan_names_the_clue_and_lets_one_go_back(s: Sitting, client) -> None:
    seat(s, "unge", "job", "anna", "bo", "freja")
    version = draft(s, "Ditte henter Freja på Kanariehøj hver fredag")
    client.force_login(s.tovholder)
    url = reverse("plans:edit", args=[version.pk])
    answer = client.post(url, {"do": "finish"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "»Kanariehøj«" in page
    assert f'href="{url}"' in page
    done = client.post(url, {"do": "finish", "spor": answer.context["confirmed"]})
    assert done.status_code == 302
    version.refresh_from_db()
    assert not version.is_draft


def test_C12_a_word_the_writer_may_not_see_is_not_named_to_the_writer() -> None:
    person = clue("address", "x").person
    one = Clue(person, "Anna", "address", "Kanariehøj")
    hidden = clues.Found(one, "Bo", tells=False)
    assert fingerprint([hidden]) == fingerprint([clues.Found(one, "Bo")])
    guard = Guard(person, "Anna", frozenset(), (one,))
    assert guard.is_against(Reader("x:00000000-0000-4000-8000-000000000000"))


@pytest.mark.parametrize("paper", ["blank", "declaration_pdf", "receipt"])
def test_C12_a_recipients_name_on_a_paper_of_consent_is_asked_about_first(client, paper) -> None:
    """Anna's address is protected; the department that she goes to stands on Bo's declaration and on his receipt."""
    s = sitting()
    anna, bo, home = s.case.people["anna"], s.case.people["bo"], s.members["teacher"].department
    anna.protected_address = True
    anna.save()
    actions.add_clue(by=s.tovholder, forloeb=s.case.forloeb, person=anna, kind="institution", word=home.name)
    if paper == "blank":
        to = [s.case.forloeb.pk, bo.pk]
    elif paper == "declaration_pdf":
        to = [Declaration.objects.get(person=bo).pk]
    else:
        keys = [s.members["teacher"].recipient]
        to = [actions.withdraw(by=s.tovholder, forloeb=s.case.forloeb, person=bo, recipients=keys).pk]
    url = reverse(f"consent:{paper}", args=to)
    client.force_login(s.tovholder)
    answer = client.get(url)
    page = answer.content.decode()
    assert "er ikke lavet endnu" in page
    assert f"»{home.name}«" in page
    assert "Det ville komme til Bo Aagaard." in page
    made = client.post(url, {"spor": answer.context["confirmed"]})
    assert made["Content-Type"] == "application/pdf"
    assert Event.objects.filter(kind="paper.clues_confirmed").count() == 1


def test_C12_a_childs_declaration_comes_into_the_hands_of_both_who_sign(client) -> None:
    s = sitting()
    anna, viggo, home = s.case.people["anna"], s.case.people["viggo"], s.members["teacher"].department
    anna.protected_address = True
    anna.save()
    actions.add_clue(by=s.tovholder, forloeb=s.case.forloeb, person=anna, kind="institution", word=home.name)
    client.force_login(s.tovholder)
    page = client.get(reverse("consent:blank", args=[s.case.forloeb.pk, viggo.pk])).content.decode()
    assert "Det ville komme til Carl Ærø." in page
    hers = client.get(reverse("consent:blank", args=[s.case.forloeb.pk, anna.pk]))
    assert hers["Content-Type"] == "application/pdf", "her own paper"


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Plejehjemmet Egely", ["Egely"]),
        ("Krisecenter Nord", []),
        ("Hos Anna og Carl", []),
        ("Annas hjem", []),
        ("Hos Tove", ["Tove"]),
        ("Familien Mosegård-Holm", ["Mosegård-Holm"]),
    ],
)
def test_C12_the_telling_words_of_a_households_name_are_clues_and_the_common_are_not(label, words) -> None:
    assert words_of_home(label, {"anna", "carl"}) == words


def test_C12_one_telling_word_of_the_home_is_found_in_a_paper(s: Sitting) -> None:
    Household.objects.filter(label="Hos Anna og Carl").update(label="Plejehjemmet Egely")
    guards = against(guards_of(s.case.forloeb), Reader.of_person(s.person("bo").pk))
    assert {one.word for one in found_in("Freja redder hesten på Egely", guards)} == {"Egely"}
    assert {one.word for one in found_in("Freja bor på Plejehjemmet Egely", guards)} == {"Plejehjemmet Egely"}
    assert not found_in("Anna og Freja er hjemme hos Carl", guards)


def test_C12_a_confirmation_is_of_exactly_these_clues_to_exactly_these_readers() -> None:
    one = Found(Clue(uuid4(), "Ida", ClueKind.INSTITUTION, "Bakkeskolen"), "Carl")
    others = [
        replace(one, reader="Bo"),
        replace(one, clue=replace(one.clue, word="Søskolen")),
        replace(one, clue=replace(one.clue, kind=ClueKind.HOME)),
        replace(one, clue=replace(one.clue, person=uuid4())),
    ]
    assert len({fingerprint([found]) for found in (one, *others)}) == 5
    assert fingerprint([one, others[0]]) == fingerprint([others[0], one])
    assert fingerprint([]) == ""
