"""Fetching a frozen copy: only while all in it may be had, with as many questions to the database whatever stands in it."""

import json
import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases.models import Household, Participation, Residence
from consent import actions as consents
from consent.clues import fingerprint
from consent.models import ClueWord
from insight.bench import STATEMENTS
from meetings.models import Attendance, Presence
from plans import actions
from plans.beside import beside
from plans.clues import CluesFound
from plans.models import ItemKind, Outcome, PlanCopy, PlanVersion
from privacy import subject
from tests.consent.factories import consented
from tests.organisation.factories import ExternalPartyFactory
from tests.plans import factories
from web import triggers
from web.errors import Refused

pytestmark = pytest.mark.django_db


MOST = 15


def asked(client: Client, copy: PlanCopy) -> int:
    """How many statements it takes to fetch a copy, from the session to the access log's last."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(reverse("plans:copy", args=[copy.pk])).status_code == 200
    return sum(one["sql"].lstrip(" (").upper().startswith(STATEMENTS) for one in caught.captured_queries)


@pytest.mark.any_database
@pytest.mark.parametrize("names_it", [False, True], ids=["names no clue", "names one that was confirmed"])
def test_C12_a_copy_is_looked_through_with_as_many_queries_whatever_it_holds(client, names_it: bool) -> None:
    """Its words were made anew when an address is protected, with half as many questions again; what its lines were
    carried on from came one by one."""
    family = factories.anton()
    factories.first_plan(family)
    version = factories.second_plan(family)
    factories.answer_all(family, version, Outcome.CARRIED)
    home = Household.objects.create(family=family.forloeb.family, label="Hos Sofie")
    Residence.objects.create(household=home, person=family.mor)
    family.mor.protected_address, family.mor.address = True, "Kanariehøj 17, 5800 Storebælt"
    family.mor.save()
    if names_it:
        in_all_copies = factories.item(version, "Anton er").text.split()[-1]
        add = {"forloeb": family.forloeb, "person": family.mor, "kind": "other", "added_by": family.user("mette")}
        ClueWord.objects.create(word=in_all_copies, **add)
        ClueWord.objects.create(word="Nordskolen", **add)
        with pytest.raises(CluesFound) as told:
            actions.finish(by=family.referent, version=version)
        actions.finish(by=family.referent, version=version, clues=fingerprint(told.value.found))
    else:
        actions.finish(by=family.referent, version=version)
    copy = PlanCopy.objects.get(version=version, recipient=f"p:{family.far.pk}")
    client.force_login(family.referent)

    lines = list(copy.items.all())
    assert sum(line.carried_from_id is not None for line in lines) > 2
    short = PlanCopy.objects.create(
        version=version,
        recipient=copy.recipient,
        recipient_label=copy.recipient_label,
        file=copy.file,
        beside=copy.beside,
    )
    short.items.add(next(line for line in lines if line.carried_from_id))
    asked(client, short)
    assert asked(client, copy) == asked(client, short) <= MOST


def test_C5_P6_the_referent_carries_no_copy_that_names_somebody_unknown_and_not_at_the_table(client) -> None:
    """Mor's copy names Ida, of whom PPR may not know and who was not there; far's names those who were."""
    family = factories.anton()
    version = factories.first_plan(family)
    copies = {name: version.copies.get(recipient=f"p:{family.people[name].pk}") for name in ("mor", "far")}
    got = {}
    for who in ("louise", "mette"):
        client.force_login(family.user(who))
        got[who] = {name: client.get(reverse("plans:copy", args=[one.pk])) for name, one in copies.items()}
    assert {name: answer.status_code for name, answer in got["louise"].items()} == {"mor": 403, "far": 200}
    assert "Ida" not in got["louise"]["mor"].content.decode()
    assert "bed tovholderen om at give den videre" in got["louise"]["mor"].content.decode()
    assert got["mette"]["mor"].status_code == 200, "the tovholder knows everybody"
    client.force_login(family.user("louise"))
    page = client.get(reverse("plans:page", args=[version.pk])).content.decode()
    links = {name: f'href="{reverse("plans:copy", args=[one.pk])}"' in page for name, one in copies.items()}
    assert links == {"mor": False, "far": True}


HER_WORDS = "Jeg drikker om aftenen, så Anton kommer for sent"


def quoted(family: factories.Anton, kind: str = ItemKind.GOAL) -> PlanVersion:
    """A finished plan with one line: Anton's school days, under which mor's own words of her drinking stand."""
    consented(family.forloeb, family.anton, [family.karen, family.louise], ["skole", "misbrug"])
    note = factories.note(family, HER_WORDS, said_by=family.mor, topic="misbrug", about=[family.mor, family.anton])
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    if kind != ItemKind.GOAL:
        actions.add_item(by=family.referent, version=version, kind=ItemKind.GOAL, text="Anton trives")
    used = actions.use_note(by=family.referent, version=version, note=note, kind=kind)
    task = {"responsible": family.karen, "due_on": timezone.localdate()} if kind == ItemKind.AGREEMENT else {}
    actions.change_item(
        by=family.referent, item=used, text="Anton er i skole til tiden", topic=factories.topic("skole"),
        about=[family.mor, family.anton], **task,
    )  # fmt: skip
    actions.finish(by=family.referent, version=version)
    version.refresh_from_db()
    return version


def fetched(family: factories.Anton, name: str, copy: PlanCopy) -> HttpResponse:
    client = Client()
    client.force_login(family.user(name))
    return client.get(reverse("plans:copy", args=[copy.pk]))


def withdraw(family: factories.Anton, topic: str, whose: str = "mor", to: str = "karen") -> None:
    consents.withdraw(
        by=family.user("mette"), forloeb=family.forloeb, person=family.people[whose], receipt=False,
        recipients=[family.staff[to].recipient], topics=[factories.topic(topic)],
    )  # fmt: skip


def without_words(copy: PlanCopy, *parts: str) -> None:
    """As copies were kept before these were: the board's words and the explanations, all words."""
    kept = {key: value for key, value in json.loads(copy.beside).items() if key not in parts}
    with triggers.lifted():
        PlanCopy.objects.filter(pk=copy.pk).update(beside=json.dumps(kept))


@pytest.mark.parametrize("before", [False, True], ids=["kept", "from before it was kept"])
def test_C5_C7_a_copy_is_shut_when_the_familys_own_words_in_it_may_not_be_had(before: bool) -> None:
    """The line is about school days, to which nobody has said no; mor's words under it tell of her drinking."""
    family = factories.anton()
    version = quoted(family)
    schools, ppr = (version.copies.get(recipient=family.staff[name].recipient) for name in ("karen", "louise"))
    assert HER_WORDS in schools.file.content.decode()
    if before:
        without_words(schools, "quotes", "whys")
    withdraw(family, "fritid")
    assert fetched(family, "karen", schools).status_code == 200, "nothing of that stands in it"
    withdraw(family, "misbrug")
    assert not schools.items.filter(topic__key="misbrug").exists()
    assert fetched(family, "karen", schools).status_code == 403
    page = Client()
    page.force_login(family.user("karen"))
    read = page.get(reverse("plans:page", args=[version.pk])).content.decode()
    assert reverse("plans:copy", args=[schools.pk]) not in read
    assert fetched(family, "louise", ppr).status_code == 200, "PPR's yes still stands"


@pytest.mark.parametrize("before", [False, True], ids=["kept", "from before it was kept"])
def test_C5_C7_P4_a_copy_is_shut_when_why_something_waits_may_not_be_had(before: bool) -> None:
    """»Mor havde drukket« under an agreement about Anton's mornings: nothing else in the plan is of that."""
    family = factories.anton()
    consented(family.forloeb, family.anton, [family.karen], ["misbrug"])  # it stands under a line about him
    factories.first_plan(family)
    version = factories.second_plan(family)
    factories.answer_all(family, version, Outcome.CARRIED)
    waits = factories.item(version, "Møder Anton ved")
    actions.set_outcome(by=family.referent, item=waits, outcome=Outcome.NOT_YET, note="mor havde drukket alkohol")
    actions.finish(by=family.referent, version=version)
    copy = version.copies.get(recipient=family.karen.recipient)
    fars = version.copies.get(recipient=f"p:{family.far.pk}")
    assert "drukket" in copy.file.content.decode()
    if before:
        without_words(copy, "quotes", "whys")
    assert fetched(family, "karen", copy).status_code == 200
    withdraw(family, "misbrug")
    assert not copy.items.filter(topic__key="misbrug").exists()
    assert fetched(family, "karen", copy).status_code == 403
    assert "drukket" not in fars.file.content.decode(), "nobody has asked her about far"
    assert fetched(family, "louise", fars).status_code == 200, "what does not stand in a copy does not shut it"


@pytest.mark.parametrize("kind", ItemKind.values)
def test_C5_what_is_kept_of_the_boards_words_is_what_the_paper_prints(kind: str) -> None:
    """Goal, sub-goal and agreement quote them; an effort does not. A paper that quoted more would be given too freely."""
    family = factories.anton()
    for copy in quoted(family, kind).copies.all():
        assert bool(beside(copy).quotes) == (HER_WORDS in copy.file.content.decode()), copy.recipient_label
    assert HER_WORDS not in PlanCopy.objects.get(recipient=family.thomas.recipient).file.content.decode()


def test_M8_C5_a_copy_is_shut_when_a_child_later_keeps_its_words_from_its_reader() -> None:
    """Anton's words stand in far's copy. After the meeting Anton asks that far does not get them."""
    family = factories.anton()
    note = factories.note(family, "Jeg har ondt i maven derhjemme", said_by=family.anton, topic="helbred")
    version = actions.start_version(by=family.referent, meeting=family.meeting)
    used = actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.GOAL)
    actions.change_item(by=family.referent, item=used, text="Anton kommer i skole", topic=factories.topic("skole"))
    actions.finish(by=family.referent, version=version)
    fars = version.copies.get(recipient=f"p:{family.far.pk}")
    assert "ondt i maven" in fars.file.content.decode()
    assert fetched(family, "louise", fars).status_code == 200
    note.kept_from.set([family.far])
    assert "må ikke få alt" in fetched(family, "mette", fars).content.decode()


@pytest.mark.parametrize("is_from_before", [False, True], ids=["", "from before all words were kept with a copy"])
def test_C12_M10_a_clue_learnt_later_is_found_in_words_that_the_copys_reader_heard_at_the_table(is_from_before) -> None:
    """Far got mor's words because he was there when she said them; her address is protected from him afterwards."""
    family = factories.anton()
    consented(family.forloeb, family.mor, [family.far], ["skole"])
    version = quoted(family)
    fars, mors = (version.copies.get(recipient=f"p:{family.people[name].pk}") for name in ("far", "mor"))
    assert HER_WORDS in fars.file.content.decode()
    assert HER_WORDS in (beside(fars).words or "")
    for one in (fars, mors) if is_from_before else ():
        without_words(one, "words")
    consented(family.forloeb, family.ida, [family.louise], ["fritid"])
    assert fetched(family, "louise", fars).status_code == 200
    family.mor.protected_address = True
    family.mor.save()
    ClueWord.objects.create(
        forloeb=family.forloeb, person=family.mor, kind="other", word="drikker om aftenen", added_by=family.user("mette")
    )  # fmt: skip
    assert "beskyttet adresse" in fetched(family, "louise", fars).content.decode()
    assert fetched(family, "louise", mors).status_code == 200, "she knows where she lives"
    page = Client()
    page.force_login(family.user("mette"))
    read = page.get(reverse("plans:page", args=[version.pk])).content.decode()
    assert "Lukket: den nævner noget" in read
    assert reverse("plans:copy", args=[fars.pk]) not in read


@pytest.mark.parametrize("stops", ["a no", "was not there"])
def test_C5_M10_words_heard_at_the_table_stand_in_a_copy_until_that_no_longer_holds(stops: str) -> None:
    """Nobody asked mor about far and her drinking, but he heard her say it: he may have it, unless she says no."""
    family = factories.anton()
    consented(family.forloeb, family.mor, [family.far], ["skole"])
    version = quoted(family)
    fars = version.copies.get(recipient=f"p:{family.far.pk}")
    assert HER_WORDS in fars.file.content.decode()
    assert fetched(family, "louise", fars).status_code == 200
    if stops == "a no":
        consented(family.forloeb, family.mor, [family.far], ["misbrug"], answer="no")
    else:
        Attendance.objects.filter(person=family.far).update(presence=Presence.ABSENT)
    assert "må ikke få alt" in fetched(family, "louise", fars).content.decode()


def test_C5_P6_who_may_not_have_the_words_in_a_copy_does_not_carry_it() -> None:
    """Mor's own copy quotes her; she has told PPR no about her drinking, so the referent hands out far's only."""
    family = factories.anton()
    consented(family.forloeb, family.ida, [family.louise], ["fritid"])
    version = quoted(family)
    mors = version.copies.get(recipient=f"p:{family.mor.pk}")
    assert fetched(family, "louise", mors).status_code == 200
    consented(family.forloeb, family.mor, [family.louise], ["misbrug"], answer="no")
    refused = fetched(family, "louise", mors)
    assert refused.status_code == 403
    assert "rummer noget, som" in refused.content.decode()
    assert fetched(family, "mette", mors).status_code == 200


@pytest.mark.parametrize("where", ["how he came", "what is corrected"])
def test_C5_P6_who_may_not_have_a_sentence_printed_in_a_copy_does_not_carry_it(where: str) -> None:
    """Far's own copy tells of his treatment: the referent heard it said, until far says no to that."""
    family = factories.anton()
    told = "Jens kommer sent fra afvænning"
    if where == "how he came":
        family.meeting.attendance.filter(person=family.far).update(note=told)
    version = factories.first_plan(family)
    if where == "what is corrected":
        version = actions.start_correction(by=family.referent, version=version, correction=told)
        actions.finish(by=family.referent, version=version)
    fars = version.copies.get(recipient=f"p:{family.far.pk}")
    assert told in beside(fars).sentences
    assert fetched(family, "louise", fars).status_code == 200
    consented(family.forloeb, family.far, [family.louise], ["fritid"], answer="no")
    assert fetched(family, "louise", fars).status_code == 200, "nothing of that stands in it"
    consented(family.forloeb, family.far, [family.louise], ["misbrug"], answer="no")
    refused = fetched(family, "louise", fars)
    assert refused.status_code == 403
    assert "rummer noget, som" in refused.content.decode()
    page = Client()
    page.force_login(family.referent)
    read = page.get(reverse("plans:page", args=[version.pk])).content.decode()
    assert reverse("plans:copy", args=[fars.pk]) not in read


def test_C5_P6_the_tovholder_carries_a_sentence_by_consent_alone() -> None:
    family = factories.anton()
    family.meeting.attendance.filter(person=family.mor).update(note="Sofie kommer sent fra afvænning")
    mors = factories.first_plan(family).copies.get(recipient=f"p:{family.mor.pk}")
    assert fetched(family, "mette", mors).status_code == 200
    withdraw(family, "misbrug", to="mette")
    assert fetched(family, "mette", mors).status_code == 403


def test_C5_P6_who_may_not_know_of_a_person_in_a_function_does_not_carry_it() -> None:
    """»Klasselærer for Ida« stands in far's copy, who may know of Ida; PPR may not, and she was not at the table."""
    family = factories.anton()
    consented(family.forloeb, family.ida, [family.far])
    family.forloeb.persons.filter(person=family.ida).update(to_date=timezone.localdate())
    family.karen.title = "klasselærer for Ida"
    family.karen.save()
    fars = factories.first_plan(family).copies.get(recipient=f"p:{family.far.pk}")
    assert beside(fars).functions.count("klasselærer for Ida") == 1
    assert family.ida.pk not in beside(fars).members
    assert fetched(family, "louise", fars).status_code == 403


def test_C13_a_copy_is_logged_as_telling_of_whoever_its_quoted_words_are_about() -> None:
    """The line itself is about Anton alone; the words from the board are mor's, and about her."""
    family = factories.anton()
    version = quoted(family)
    schools = version.copies.get(recipient=family.karen.recipient)
    with triggers.lifted():
        schools.items.get().about.set([family.anton])
        kept = json.loads(schools.beside) | {"members": []}
        PlanCopy.objects.filter(pk=schools.pk).update(beside=json.dumps(kept))
    assert fetched(family, "karen", schools).status_code == 200
    row = AccessLog.objects.filter(kind="plans:copy").latest("seq")
    assert str(family.mor.pk) in row.subjects


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["plans:page", "plans:copy", "plans:journal"])
def test_C5_the_boards_words_are_looked_at_with_as_many_queries_however_many_there_are(name: str) -> None:
    """Each quoted line has its note and the note's marks; they are fetched together."""
    asked = []
    for number, count in (("2026-0147", 2), ("2026-0148", 9)):
        family = factories.anton(number)
        version = actions.start_version(by=family.referent, meeting=family.meeting)
        for one in range(count):
            note = factories.note(family, f"Jeg glæder mig til dag {one}", said_by=family.anton)
            used = actions.use_note(by=family.referent, version=version, note=note, kind=ItemKind.GOAL)
            actions.change_item(by=family.referent, item=used, text=f"Dag {one} går godt")
        actions.finish(by=family.referent, version=version)
        own = version.copies.get(recipient=family.mette.recipient)
        key = {"plans:page": [version.pk], "plans:copy": [own.pk], "plans:journal": []}[name]
        client = Client()
        client.force_login(family.user("mette"))
        client.get(reverse(name, args=key))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(name, args=key)).status_code == 200
        asked.append(len(caught))
        assert len(beside(own).quotes or {}) == count
    assert asked[0] == asked[1], asked


def test_C5_what_an_external_is_called_reaches_those_who_may_have_what_it_tells(client) -> None:
    """»Sofies psykiater« has an agreement about Anton: far, to whom Sofie has said no about her health, reads »En fra …«."""
    family = factories.anton()
    clinic = ExternalPartyFactory(name="Klinikken")
    doctor = Participation.objects.create(
        forloeb=family.forloeb, external=clinic, external_name="Sofies psykiater", from_date=factories.START
    )
    Attendance.objects.create(meeting=family.meeting, participation=doctor, presence=Presence.PRESENT)
    version = factories.first_plan(family, finished=False)
    goal = version.items.get(kind=ItemKind.GOAL)
    by = family.referent
    actions.add_item(
        by=by, version=version, kind=ItemKind.AGREEMENT, parent=goal, text="Ringer til skolen", responsible=doctor,
        about=[family.anton], topic=factories.topic("skole"), due_on=timezone.localdate(),
    )  # fmt: skip
    sheet = reverse("plans:edit", args=[version.pk])
    client.force_login(by)
    assert client.get(sheet).content.decode().count("Sofies psykiater (Klinikken)") > 1
    consented(family.forloeb, family.mor, [family.louise], ["helbred"], answer="no")
    page = client.get(sheet).content.decode()
    assert "Sofies psykiater" not in page
    assert "En ekstern (Klinikken)" in page
    actions.finish(by=by, version=version)
    papers = {one.recipient: one.file.content.decode() for one in version.copies.all()}
    for who, told in ((family.karen.recipient, True), (f"p:{family.far.pk}", False), (family.louise.recipient, False)):
        assert ("Sofies psykiater" in papers[who]) is told, who
        assert ("En fra Klinikken" in papers[who]) is not told, who
    client.force_login(family.user("karen"))
    page, copy = reverse("plans:page", args=[version.pk]), version.copies.get(recipient=family.karen.recipient)
    paper = reverse("plans:copy", args=[copy.pk])
    assert "Sofies psykiater" in client.get(page).content.decode()
    assert client.get(paper).status_code == 200
    consented(family.forloeb, family.mor, [family.karen], ["helbred"], answer="no")
    for url in (page, reverse("desk:forloeb", args=[family.forloeb.pk])):
        assert "Sofies psykiater" not in client.get(url).content.decode()
    assert client.get(paper).status_code == 403, "the name stands in it"
    agreement = factories.item(version, "Ringer til skolen")
    with pytest.raises(Refused, match="Aftalen har En fra Klinikken"):
        actions.follow_up(by=family.user("karen"), agreement=agreement, state="done")
    told = json.dumps(subject.as_data(subject.sections(family.forloeb, family.anton)), ensure_ascii=False)
    assert "Ringer til skolen" in told
    assert "Sofies psykiater" not in told


def test_M9_a_copy_with_agreements_alone_has_them_on_the_page_of_the_smiley_ruler() -> None:
    """Else the ruler stands alone on a page of its own, behind a front page that is full."""
    family = factories.anton()
    by = family.referent
    draft = actions.start_version(by=by, meeting=family.meeting)
    goal = actions.add_item(
        by=by, version=draft, kind=ItemKind.GOAL, text="Sofie får det bedre", about=[family.mor],
        topic=factories.topic("helbred"), kept_from=[family.far],
    )  # fmt: skip
    actions.add_item(
        by=by, version=draft, kind=ItemKind.AGREEMENT, parent=goal, text="Søger praktik", about=[family.far],
        topic=factories.topic("beskaeftigelse"), responsible_person=family.far, due_on=timezone.localdate(), kept_from=[],
    )  # fmt: skip
    actions.finish(by=by, version=draft)
    pages = {copy.recipient_label: copy.file.content.decode() for copy in draft.copies.all()}
    far = pages[family.far.name]
    assert "Sofie får det bedre" not in far
    assert re.search(r'<section class="goal new first">\s*<h2>Det har vi aftalt</h2>', far)
    staff = next(text for label, text in pages.items() if "Smiley-lineal" not in text)
    assert "Det har vi aftalt" not in staff or '<section class="goal">' in staff
