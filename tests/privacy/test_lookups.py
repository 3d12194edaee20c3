"""Who has looked: told to the family, and looked through by somebody else (C13, F13)."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from audit.log import delivered
from audit.models import AccessLog
from cases.models import Barred, ForloebState, ParticipationRole, Person
from consent.actions import add_clue
from privacy import actions, lookups, patterns, views
from privacy.lookup_days import Day, by_day, groups
from privacy.models import LookupReview, Pattern
from tests.organisation.factories import EmploymentFactory, UserFactory
from tests.plans.factories import Anton, anton, pdf_text
from web.errors import Refused

BACKEND = "django.contrib.auth.backends.ModelBackend"


def look(family: Anton, user: object, person: Person | None = None, **more: object) -> AccessLog:
    given = {"kind": "desk:forloeb", "channel": "page", "role": "tovholder", "forloeb": family.forloeb, **more}
    return delivered(by=user, persons=[person or family.mor], **given)


def told(family: Anton, person: Person | None = None) -> list[lookups.Lookup]:
    return lookups.told(
        list(lookups.about(person or family.mor, family.forloeb).select_related("actor")), family.forloeb
    )


def test_function_department_date_and_purpose_in_danish_C13(family: Anton) -> None:
    look(family, family.user("mette"))
    look(family, family.user("karen"), kind="plans:copy", channel="pdf", role="professional")
    look(family, None, kind="pdf:en-plan", channel="pdf", role="")
    system, karen, mette = told(family)[:3]
    assert (mette.who.split(", ")[0], mette.why, mette.what) == (
        "Socialrådgiver",
        "Tovholder for familien",
        "Siden om forløbet",
    )
    assert karen.who == "Klasselærer, Skole 2026-0147"
    assert (karen.why, karen.what) == ("Med i forløbet som fagperson", "Én Plan på papir")
    assert (system.who, system.why, system.what) == ("Systemet selv", "Kører af sig selv", "Et dokument")
    assert "Lindskov" not in mette.who


def test_names_of_staff_only_where_the_municipality_says_so(family: Anton) -> None:
    look(family, family.user("mette"))
    with override_settings(LOOKUPS_WITH_NAMES=True):
        assert told(family)[0].who.startswith("Mette Lindskov, Socialrådgiver")


def test_what_was_seen_in_another_forloeb_is_not_told(family: Anton) -> None:
    other = anton("2026-0500")
    other.forloeb.persons.create(person=family.mor, from_date=timezone.localdate())
    before = len(told(family))
    look(other, other.user("mette"), family.mor)
    look(family, other.user("mette"), kind="desk:my_day", channel="list", forloeb=None)
    assert len(told(family)) == before
    look(family, other.user("mette"), kind="cases:search", channel="search", forloeb=None, role="start")
    assert told(family)[0].what == "Søgning efter familien"


def test_every_kind_of_page_has_danish_words() -> None:
    known = lookups.words()
    spaces = {name for name in get_resolver().namespace_dict if name not in ("web", "organisation")}
    assert spaces <= set(known["apps"])
    routes = {
        f"{space}:{name}"
        for space in spaces
        for name in get_resolver().namespace_dict[space][1].reverse_dict
        if isinstance(name, str)
    }
    assert {kind for kind in known["kinds"] if kind != "cases:search"} <= routes
    assert {role.value for role in ParticipationRole} <= set(known["roles"])


def at(moment: str, family: Anton, user: object, **more: object) -> None:
    with time_machine.travel(moment, tick=False):
        look(family, user, **more)


@pytest.fixture
def two_days(family: Anton) -> Anton:
    """Tuesday: Mette six times at three pages, Karen twice for one purpose. Wednesday just after midnight: Karen again."""
    for clock, kind in (
        ("08:05", "desk:forloeb"), ("08:05", "desk:forloeb"), ("09:10", "plans:page"), ("10:00", "desk:forloeb"),
        ("12:30", "cases:people"), ("15:40", "plans:page"),
    ):  # fmt: skip
        at(f"2026-03-03 {clock}+01:00", family, family.user("mette"), kind=kind)
    for clock in ("09:02", "14:30"):
        at(f"2026-03-03 {clock}+01:00", family, family.user("karen"), kind="plans:copy", role="professional")
    at("2026-03-04 00:01+01:00", family, family.user("karen"), kind="plans:copy", role="professional")
    return family


def days(family: Anton) -> list[Day]:
    rows = lookups.about(family.mor, family.forloeb).filter(at__lt="2026-03-05T00:00Z").select_related("actor")
    return by_day(groups(rows), rows, family.forloeb)


def test_a_day_has_one_line_for_each_employee_and_purpose_C13(two_days: Anton) -> None:
    """By the Danish day, newest first; with how many, when, and of what."""
    wednesday, tuesday = days(two_days)
    assert (wednesday.day, tuesday.day) == (datetime.date(2026, 3, 4), datetime.date(2026, 3, 3))
    assert [(one.who, one.count, one.when) for one in wednesday.visits] == [
        ("Klasselærer, Skole 2026-0147", 1, "kl. 00.01")
    ]
    mette, karen = tuesday.visits
    assert (mette.who.split(", ")[0], mette.why) == ("Socialrådgiver", "Tovholder for familien")
    assert (mette.count, mette.when) == (6, "kl. 08.05–15.40")
    assert [(one.what, one.when) for one in mette.seen] == [
        ("Én Plan", "kl. 09.10 og 15.40"),
        ("Siden om familien", "kl. 12.30"),
        ("Siden om forløbet", "kl. 08.05 og 10.00"),
    ]
    assert (karen.why, karen.count, karen.when) == ("Med i forløbet som fagperson", 2, "kl. 09.02 og 14.30")


def test_two_employees_with_the_same_function_and_two_purposes_are_lines_of_their_own(two_days: Anton) -> None:
    mette = two_days.staff["mette"]
    other = EmploymentFactory(department=mette.department, title="socialrådgiver").user
    at("2026-03-03 11:00+01:00", two_days, other)
    at("2026-03-03 11:05+01:00", two_days, two_days.user("mette"), role="koordinator")
    lines = [(one.who.split(", ")[0], one.count) for one in days(two_days)[1].visits]
    assert lines == [("Socialrådgiver", 6), ("Klasselærer", 2), ("Socialrådgiver", 1), ("Socialrådgiver", 1)]


def test_two_roles_in_the_same_words_are_one_line(two_days: Anton) -> None:
    for role in ("henvendelse", "modtager"):
        at("2026-03-03 16:00+01:00", two_days, two_days.user("thomas"), role=role)
    line = next(one for one in days(two_days)[1].visits if one.why == "Svarer på en henvendelse")
    assert line.count == 2


def test_the_page_pages_and_asks_a_constant_number_of_questions(family: Anton, client: Client) -> None:
    client.force_login(family.user("mette"), backend=BACKEND)
    address = reverse("privacy:lookups", args=[family.forloeb.pk, family.mor.pk])
    look(family, family.user("mette"))
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for day in range(1, 31):
        for name in ("karen", "thomas"):
            at(f"2026-01-{day:02} 12:00+01:00", family, family.user(name), role="professional")
    for _ in range(20):
        look(family, family.user("karen"), role="professional")
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert len(many) == len(few)
    text = page.content.decode()
    assert sum(len(day.visits) for day in page.context["days"]) == 50
    assert "20 opslag" in text, "of one employee on one day: one line"
    assert "Side 1 af 2" in text
    assert client.get(address, {"side": "2"}).status_code == 200
    for bad in ("0", "x", "9" * 5000, "\x00", "-1"):
        assert client.get(address, {"side": bad}).status_code == 200


@pytest.mark.real_papers
def test_the_paper_for_the_person(family: Anton, client: Client) -> None:
    look(family, family.user("karen"), role="professional")
    client.force_login(family.user("mette"), backend=BACKEND)
    paper = client.get(reverse("privacy:lookups_pdf", args=[family.forloeb.pk, family.mor.pk]))
    text = pdf_text(paper.content)
    assert "Klasselærer, Skole 2026-0147" in text
    assert "Ullerup" not in text


@pytest.mark.real_papers
def test_the_paper_groups_by_day_and_says_when_it_holds_the_newest_only(
    two_days: Anton, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(two_days.user("mette"), backend=BACKEND)
    address = reverse("privacy:lookups_pdf", args=[two_days.forloeb.pk, two_days.mor.pk])
    text = " ".join(pdf_text(client.get(address).content).split())
    assert "Tirsdag 3. marts 2026" in text.replace("\u00a0", " ")
    assert "6 gange kl. 08.05–15.40" in text
    assert "alle gange" in text
    total = lookups.about(two_days.mor, two_days.forloeb).count()
    monkeypatch.setattr(views, "ON_PAPER", 1)
    text = " ".join(pdf_text(client.get(address).content).split())
    assert f"af {total} gange" in text


# --- out of pattern ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def reviewer(db: None) -> object:
    return UserFactory(koordinator=True, name="Birgit Koordinator")


def found(reviewer: object) -> list[tuple[str, str, str]]:
    return [
        (one.pattern.value, one.actor.name, one.forloeb.number if one.forloeb else "")
        for one in patterns.findings(reviewer)
    ]


def test_own_name_own_family_and_a_colleagues_family_C13(family: Anton, reviewer: object) -> None:
    department = family.mette.department
    jens = EmploymentFactory(department=department, user__name="Jens  mikkelsen").user
    cousin = EmploymentFactory(user__name="Per Mikkelsen").user
    assert found(reviewer) == []
    look(family, jens, family.far)
    look(family, cousin, family.far)
    look(family, family.user("mette"), family.ida)
    assert sorted(found(reviewer)) == [
        ("colleague", "Mette Lindskov", "2026-0147"),
        ("own_family", "Per Mikkelsen", "2026-0147"),
        ("own_name", "Jens  mikkelsen", "2026-0147"),
    ]


def test_many_forloeb_in_a_short_time_C13(family: Anton, reviewer: object) -> None:
    user = family.user("thomas")
    for _ in range(patterns.MANY - 1):
        delivered(by=user, kind="desk:forloeb", channel="page", forloeb=Person().pk, persons=[])
    assert found(reviewer) == []
    delivered(by=user, kind="desk:forloeb", channel="page", forloeb=Person().pk, persons=[])
    assert found(reviewer) in ([("many", "Thomas Ravn", "")], [])  # the hour may have turned on the way


def test_many_searches_in_a_short_time_C13_F9(family: Anton, reviewer: object, client: Client) -> None:
    """Whoever asks of one after the other whether they are known is on the list, and has their own name there."""
    user = family.user("thomas")
    with time_machine.travel("2026-03-03 09:10+01:00", tick=False):
        for _ in range(patterns.MANY - 1):
            look(family, user, kind="cases:search", channel="search", role="start", forloeb=None)
        now = timezone.now()
        assert patterns.findings(reviewer, now) == []
        delivered(by=user, kind="cases:search", channel="search", role="start", persons=[])
        [one] = patterns.findings(reviewer, now)
        client.force_login(reviewer, backend=BACKEND)
        page = client.get(reverse("privacy:review")).content.decode()
    assert (one.pattern, one.actor, one.counted) == (Pattern.SEARCHES, user, "12 søgninger")
    assert "Mange søgninger på kort tid" in page
    assert "12 søgninger på en time" in page


def test_a_second_hour_of_many_asks_anew_when_the_first_is_reviewed_C13(family: Anton, reviewer: object) -> None:
    user = family.user("thomas")
    for clock, number in (("09:10", patterns.MANY + 2), ("14:10", patterns.MANY)):
        with time_machine.travel(f"2026-03-03 {clock}+01:00", tick=False):
            for _ in range(number):
                delivered(by=user, kind="desk:forloeb", channel="page", forloeb=Person().pk, persons=[])
            [one] = patterns.findings(reviewer, timezone.now())
            actions.review(by=reviewer, finding=one, through=one.through)
            assert patterns.findings(reviewer, timezone.now()) == []


def test_an_ended_forloeb_C13(family: Anton, reviewer: object) -> None:
    look(family, family.user("thomas"))
    forloeb = family.forloeb
    forloeb.state, forloeb.end_reason = ForloebState.ENDED, "completed"
    forloeb.ended_on = timezone.localdate() - datetime.timedelta(days=patterns.QUIET)
    forloeb.save()
    assert found(reviewer) == []
    forloeb.ended_on -= datetime.timedelta(days=1)
    forloeb.save()
    assert found(reviewer) == [("ended", "Thomas Ravn", "2026-0147")]


def test_reviewed_is_gone_until_there_is_a_new_one(family: Anton, reviewer: object, client: Client) -> None:
    jens = EmploymentFactory(user__name="Jens Mikkelsen").user
    look(family, jens, family.far)
    one = patterns.findings(reviewer)[0]
    actions.review(by=reviewer, finding=one, through=one.through, note="Har talt med Jens")
    assert found(reviewer) == []
    look(family, jens, family.far)
    assert found(reviewer) == [("own_name", "Jens Mikkelsen", "2026-0147")]
    assert LookupReview.objects.get().note == "Har talt med Jens"
    other = UserFactory(koordinator=True)
    client.force_login(other, backend=BACKEND)
    page = client.get(reverse("privacy:review")).content.decode()
    assert "af Birgit Koordinator: »Har talt med Jens«. Siden er der kommet nye opslag." in page


def test_a_barred_reviewer_does_not_see_it_F13(family: Anton, reviewer: object) -> None:
    look(family, EmploymentFactory(user__name="Jens Mikkelsen").user, family.far)
    assert found(reviewer)
    Barred.objects.create(forloeb=family.forloeb, user=reviewer, reason="Nabo", by=family.user("mette"))
    assert found(reviewer) == []


def test_nobody_reviews_their_own(family: Anton, reviewer: object) -> None:
    reviewer.name = "Jens Mikkelsen"
    reviewer.save()
    other = UserFactory(koordinator=True)
    look(family, reviewer, family.far)
    assert found(reviewer) == []
    one = patterns.findings(other)[0]
    with pytest.raises(Refused):
        actions.review(by=reviewer, finding=one, through=one.through)
    with pytest.raises(ValidationError):
        LookupReview(pattern=Pattern.OWN_NAME, actor=reviewer, by=reviewer, through=1, at=timezone.now()).full_clean()


def test_the_reviewers_page_shows_that_and_where_never_what(family: Anton, reviewer: object, client: Client) -> None:
    jens = EmploymentFactory(user__name="Jens Mikkelsen").user
    look(family, jens, family.ida)
    look(family, jens, family.far)
    client.force_login(reviewer, backend=BACKEND)
    page = client.get(reverse("privacy:review")).content.decode()
    assert f"Jens Mikkelsen</strong>, {jens.employments.get().department.name}" in page, "whose leader to ask"
    assert "2026-0147" in page
    for hidden in ("Ida", "Antons familie", "Siden om forløbet", str(family.forloeb.pk)):
        assert hidden not in page.replace(f"own_name:{jens.pk}:{family.forloeb.pk}:", ""), hidden
    one = patterns.findings(reviewer)[0]
    sent = {"finding": f"own_name:{jens.pk}:{family.forloeb.pk}:", "through": one.through, "note": ""}
    assert client.post(reverse("privacy:review"), sent).status_code == 302
    again = client.post(reverse("privacy:review"), sent)
    assert again.status_code == 422
    assert "allerede gennemset" in again.content.decode()
    assert AccessLog.objects.filter(kind="privacy:review", role="koordinator").exists()


def test_only_the_koordinator_may_look_through(family: Anton, client: Client) -> None:
    for user in (family.user("mette"), UserFactory(system_admin=True)):
        client.force_login(user, backend=BACKEND)
        assert client.get(reverse("privacy:review")).status_code == 403


def test_the_list_asks_a_constant_number_of_questions(family: Anton, reviewer: object) -> None:
    jens = EmploymentFactory(user__name="Jens Mikkelsen").user
    look(family, jens, family.far)
    with CaptureQueriesContext(connection) as few:
        patterns.findings(reviewer)
    for _ in range(10):
        look(family, EmploymentFactory(user__name="Jens Mikkelsen").user, family.far)
    with CaptureQueriesContext(connection) as many:
        assert len(patterns.findings(reviewer)) == 11
    assert len(many) == len(few) <= 12


# --- clues to a protected address (C12) ------------------------------------------------------------------------------------
@pytest.fixture
def guarded(family: Anton) -> Anton:
    """Mor's address is protected; PPR, whose Louise looks at far, would tell where she works."""
    family.mor.protected_address = True
    family.mor.save()
    word = family.staff["louise"].department.name
    add_clue(by=family.user("mette"), forloeb=family.forloeb, person=family.mor, kind="other", word=word)
    for person in (family.far, family.anton, family.mor):
        look(family, family.user("louise"), person)
    return family


def _asked(client: Client, family: Anton, view: str, person: Person) -> Any:
    client.force_login(family.user("mette"), backend=BACKEND)
    return client.get(reverse(f"privacy:{view}", args=[family.forloeb.pk, person.pk]))


@pytest.mark.parametrize("view", ["lookups_pdf", "subject_access_pdf", "subject_access_json"])
def test_C12_a_department_that_is_a_clue_is_named_before_who_has_looked_is_handed_out(
    guarded: Anton, client: Client, view: str
) -> None:
    word = guarded.staff["louise"].department.name
    for person in (guarded.far, guarded.anton):  # a young child's paper comes into far's hands
        asked = _asked(client, guarded, view, person)
        page = asked.content.decode()
        assert "text/html" in asked["Content-Type"]
        assert f"»{word}«" in page
        assert f"Det ville komme til {guarded.far.name}." in page
    url = reverse(f"privacy:{view}", args=[guarded.forloeb.pk, person.pk])
    assert client.post(url, {"spor": "0" * 16}).status_code == 422
    made = client.post(url, {"spor": asked.context["confirmed"]})
    assert made["Content-Disposition"].startswith("attachment")
    own = _asked(client, guarded, view, guarded.mor)
    assert own["Content-Disposition"].startswith("attachment"), "nobody is protected from oneself"


def test_C12_the_warning_leads_back_to_the_list_of_look_ups(guarded: Anton, client: Client) -> None:
    page = _asked(client, guarded, "lookups_pdf", guarded.far).content.decode()
    assert "Opslag er ikke lavet endnu" in page
    assert reverse("privacy:lookups", args=[guarded.forloeb.pk, guarded.far.pk]) in page
