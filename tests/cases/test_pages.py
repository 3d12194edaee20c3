"""The main path by its pages, without a script: henvendelse, start, people, participants, acts."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases import collaboration
from cases.access import standing_of
from cases.models import Barred, Forloeb, Henvendelse, HenvendelseState, Participation, Person
from cases.reading import family_page
from drafts.models import Draft
from organisation.models import User
from tests.cases.factories import (
    CustodyFactory,
    ForloebFactory,
    ForloebPersonFactory,
    HenvendelseFactory,
    ParticipationFactory,
    PersonFactory,
    receiver_of,
    tovholder_of,
)
from tests.consent.factories import consented
from tests.organisation.factories import (
    DepartmentFactory,
    EmploymentFactory,
    ExternalPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NO = {"underretning": "nej", "other_track": "nej"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_O4_a_teacher_sends_and_sees_what_became_of_it() -> None:
    """O4: sent in one form; the sender reads by whom it was accepted."""
    teacher = EmploymentFactory(department=DepartmentFactory()).user
    leader = EmploymentFactory(leader=True)
    client = signed_in(teacher)
    assert client.get(reverse("cases:henvendelse_new")).status_code == 200
    fields = {
        "family_text": "Anton på 10 år",
        "need": "Han kommer ikke i skole.",
        "to_department": str(leader.department.pk),
        "sender_department": str(teacher.departments.get().pk),
        "_once": "nøgle",
    }
    answer = client.post(reverse("cases:henvendelse_new"), fields)
    again = client.post(reverse("cases:henvendelse_new"), fields)
    assert (answer.status_code, again.status_code, again["Location"]) == (302, 302, answer["Location"])
    row = Henvendelse.objects.get()
    reader = signed_in(leader.user)
    assert "Anton på 10 år" in reader.get(reverse("cases:henvendelse_list") + "?vis=venter").content.decode()
    page = reader.get(reverse("cases:henvendelse", kwargs={"pk": row.pk})).content.decode()
    assert "Tag imod, og gå til startcheck" in page
    accepted = reader.post(reverse("cases:henvendelse_accept", kwargs={"pk": row.pk}), {"row_version": 1})
    assert accepted["Location"] == f"/forloeb/start/?henvendelse={row.pk}"
    seen = client.get(reverse("cases:henvendelse", kwargs={"pk": row.pk})).content.decode()
    assert f"{leader.user.name} har taget imod" in seen
    assert reader.get(accepted["Location"]).status_code == 200


def test_F13_O4_a_barred_sender_reads_the_same_as_before_a_forloeb_came_of_it() -> None:
    """The page and the list say that it was taken on, and not that a forløb was started."""
    forloeb = ForloebFactory(active=True)
    answered = {"state": HenvendelseState.ACCEPTED, "answered_at": timezone.now(), "answered_by": tovholder_of(forloeb)}
    row = HenvendelseFactory(**answered)
    client = signed_in(row.sender)
    urls = (reverse("cases:henvendelse", args=[row.pk]), reverse("cases:henvendelse_list"))

    def told() -> list[str]:
        return [client.get(url).content.decode().split("<main")[1] for url in urls]

    before = told()
    assert all("har taget imod" in page for page in before)
    Henvendelse.objects.filter(pk=row.pk).update(forloeb=forloeb)
    page, listed = told()
    assert "Der er startet et forløb" in page
    assert "har startet et forløb" in listed
    Barred.objects.create(forloeb=forloeb, user=row.sender, reason="nabo", by=tovholder_of(forloeb))
    assert told() == before


def test_O4_decline_and_pass_on_with_a_trail() -> None:
    """O4: passed on = the old receiver sees it no more; declined = the sender reads why."""
    row = HenvendelseFactory()
    first, second = receiver_of(row), EmploymentFactory(leader=True)
    client = signed_in(first)
    url = {"pk": row.pk}
    empty = client.post(reverse("cases:henvendelse_decline", kwargs=url), {"row_version": 1, "reason": " "})
    assert empty.status_code == 422
    assert "Skriv, hvorfor henvendelsen afvises" in empty.content.decode()
    fields = {"row_version": 1, "to_department": str(second.department.pk), "note": "Det er hos jer."}
    assert client.post(reverse("cases:henvendelse_pass_on", kwargs=url), fields).status_code == 302
    assert client.get(reverse("cases:henvendelse", kwargs=url)).status_code == 404
    other = signed_in(second.user)
    page = other.get(reverse("cases:henvendelse", kwargs=url)).content.decode()
    assert "Det er hos jer." in page
    stale = other.post(reverse("cases:henvendelse_decline", kwargs=url), {"row_version": 1, "reason": "Ikke os."})
    assert stale.status_code == 409
    assert "Ikke os." in stale.content.decode()
    done = other.post(reverse("cases:henvendelse_decline", kwargs=url), {"row_version": 2, "reason": "Ikke os."})
    assert done.status_code == 302
    row.refresh_from_db()
    assert row.state == HenvendelseState.DECLINED
    assert "Ikke os." in signed_in(row.sender).get(reverse("cases:henvendelse", kwargs=url)).content.decode()


def test_F8_start_in_four_steps_that_can_wait() -> None:
    """F8, F2: each step keeps itself; the start makes `by` the tovholder and forgets the drafts."""
    employment = EmploymentFactory()
    client = signed_in(employment.user)
    assert client.get(reverse("cases:start")).status_code == 200
    assert client.post(reverse("cases:start"), NO)["Location"] == "/forloeb/start/familien/"
    assert client.get("/forloeb/start/familien/").status_code == 200
    assert client.post("/forloeb/start/familien/", {"family_name": ""}).status_code == 422
    assert (
        client.post("/forloeb/start/familien/", {"family_name": "Antons familie"})["Location"]
        == "/forloeb/start/behov/"
    )
    assert client.get("/forloeb/start/behov/").status_code == 200
    fields = {
        "need": "Skole og job",
        "model_and_board": "faelles_familier:sos",
        "department": str(employment.department.pk),
    }
    fields["situations"] = "sygdom_sorg"
    assert client.post("/forloeb/start/behov/", fields)["Location"] == "/forloeb/start/se-efter/"
    assert "Skole og job" in client.get("/forloeb/start/behov/").content.decode()
    page = client.get("/forloeb/start/se-efter/").content.decode()
    assert "Skole og job" in page
    assert "Sygdom, sorg eller belastning" in page
    assert "Fortsæt starten" in client.get(reverse("cases:forloeb_list")).content.decode()
    assert not Forloeb.objects.exists()
    done = client.post("/forloeb/start/se-efter/", {"_once": "a"})
    forloeb = Forloeb.objects.get()
    assert done["Location"] == reverse("cases:people", kwargs={"pk": forloeb.pk})
    assert (forloeb.family.name, forloeb.board_key, forloeb.situations) == ("Antons familie", "sos", ["sygdom_sorg"])
    assert tovholder_of(forloeb) == employment.user
    assert not Draft.objects.exists()
    assert client.get(done["Location"]).status_code == 200


def test_F9_a_search_by_name_alone_never_says_that_somebody_is_unknown() -> None:
    """A name may be spelled in another way; only a number tells."""
    client = signed_in(EmploymentFactory().user)
    client.post(reverse("cases:start"), NO)
    url = reverse("cases:start_family")
    page = client.post(url, {"search": "1", "name": "Sofie Åkjær"}).content.decode()
    assert "Personen kendes ikke" not in page
    assert "Ingen i Fælles Familier hedder præcis det." in page
    page = client.post(url, {"search": "1", "name": "Sofie Åkjær", "cpr": "711089-1122"}).content.decode()
    assert "Personen kendes ikke i Fælles Familier." in page


def test_C12_no_cpr_number_in_a_name_that_stands_on_lists() -> None:
    told = "Der står et CPR-nummer i teksten."
    employment = EmploymentFactory()
    client = signed_in(employment.user)
    fields = {"family_text": "Anton, 740316-4567", "need": "B", "to_department": str(employment.department.pk)}
    answer = client.post(reverse("cases:henvendelse_new"), fields)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    client.post(reverse("cases:start"), NO)
    answer = client.post(reverse("cases:start_family"), {"family_name": "Familien 7403164567"})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    forloeb = ForloebFactory(tovholder=employment.user)
    person = ForloebPersonFactory(forloeb=forloeb).person
    member = forloeb.family.members.get(person=person)
    url = reverse("cases:case_new", kwargs={"pk": forloeb.pk, "key": member.pk})
    answer = client.post(url, {"department": str(employment.department.pk), "case_number": "740316 4567"})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_F3_a_yes_stops_and_stores_nothing() -> None:
    """F3: says what to do instead; what was kept is forgotten; no log row names anybody."""
    client = signed_in(EmploymentFactory().user)
    client.post(reverse("cases:start"), NO)
    client.post("/forloeb/start/familien/", {"family_name": "Antons familie"})
    stopped = client.post(reverse("cases:start"), {"underretning": "ja", "other_track": "nej"})
    assert stopped.status_code == 422
    page = stopped.content.decode()
    assert "Stop her, og lav underretningen" in page
    assert not Draft.objects.exists()
    assert not AccessLog.objects.exists()
    assert client.get("/forloeb/start/behov/")["Location"] == "/forloeb/start/familien/"
    assert client.get("/forloeb/start/familien/")["Location"] == "/forloeb/start/"


def test_F3_O4_a_stopped_start_leads_back_to_whoever_asked() -> None:
    row = HenvendelseFactory()
    client = signed_in(receiver_of(row))
    start = client.post(reverse("cases:henvendelse_accept", kwargs={"pk": row.pk}), {"row_version": 1})["Location"]
    page = client.post(start, {"underretning": "ja", "other_track": "nej"}).content.decode()
    assert f'<a class="ff-act-link" href="{reverse("cases:henvendelse", kwargs={"pk": row.pk})}">' in page
    assert f"Svar {row.sender.name}" in page
    page = client.post(reverse("cases:start"), {"underretning": "ja", "other_track": "nej"}).content.decode()
    assert row.sender.name not in page


def test_F3_the_question_of_an_underretning_says_when_to_answer_yes_and_when_no() -> None:
    """What Myndighed børn does not know yet is a yes; a child that gets support today is not one by that."""
    DepartmentFactory(name="Myndighed børn", phone="09 31 23 00")
    page = signed_in(EmploymentFactory().user).get(reverse("cases:start")).content.decode()
    questions = [model.start_check[0] for model in collaboration.models().values()]
    assert len({(one.hint, one.yes, one.no) for one in questions}) == 1
    yes, no = page.index("<b>Ja:</b>"), page.index("<b>Nej:</b>")
    assert "som Myndighed børn ikke ved endnu" in page[yes:no]
    assert "Myndighed børn kender det allerede" in page[no:]
    assert "tel:+4509312300" in page[: page.index('type="radio"')], "in doubt one rings before one answers"


def test_F3_an_unanswered_question_is_named_in_its_message() -> None:
    page = signed_in(EmploymentFactory().user).post(reverse("cases:start"), {"_once": "a"}).content.decode()
    assert "Svar ja eller nej: Er der grund til at lave en underretning?" in page
    assert "Svar ja eller nej: Er det en sag for »Sammen om trivsel«?" in page


def test_O4_who_may_not_start_is_told_who_can() -> None:
    koordinator = UserFactory(koordinator=True, name="Birgit Ørsted")
    client = signed_in(EmploymentFactory(department=DepartmentFactory()).user)
    page = client.get(reverse("cases:start"))
    assert page.status_code == 403
    assert f"Ring til koordinator {koordinator.name}" in page.content.decode()


def person_fields(**more: str) -> dict[str, str]:
    return {"first_name": "Anton", "last_name": "Åkjær", "kind": "child", "in_forloeb": "on", **more}


def test_F9_write_a_person_on_and_see_the_number_on_a_logged_click() -> None:
    """F9, C12: masked on the page; in full on a page that is logged by itself."""
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    ForloebPersonFactory(forloeb=forloeb, person__first_name="Sofie")
    url = {"pk": forloeb.pk}
    assert client.get(reverse("cases:person_new", kwargs=url)).status_code == 200
    holder = Person.objects.get(first_name="Sofie")
    fields = person_fields(cpr="740316-4567", new_household="Hos Sofie", custody=str(holder.pk), is_focus="on")
    made = client.post(reverse("cases:person_new", kwargs=url), fields)
    assert made.status_code == 302
    page = client.get(reverse("cases:people", kwargs=url)).content.decode()
    assert "740316-4567" not in page
    assert "740316-" in page
    assert "Forældremyndighed: Sofie" in page
    shown = client.get(reverse("cases:show_cpr", kwargs=url))
    assert "740316-4567" in shown.content.decode()
    assert AccessLog.objects.order_by("-seq")[0].kind == "cases:show_cpr"
    anton = Person.objects.get(first_name="Anton")
    assert str(anton.birth_date) == "2016-03-14"
    assert anton.custody_held_by.get().holder == holder


def test_C12_a_protected_address_is_one_logged_click_away() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    hidden = PersonFactory(address="Hemmelig Vej 9", protected_address=True)
    ForloebPersonFactory(forloeb=forloeb, person=hidden)
    member = forloeb.family.members.get()
    url = {"pk": forloeb.pk, "key": member.pk}
    for name in ("people", "participants", "forloeb_acts"):
        assert "Hemmelig Vej" not in client.get(reverse(f"cases:{name}", kwargs={"pk": forloeb.pk})).content.decode()
    edit = client.get(reverse("cases:person", kwargs=url)).content.decode()
    assert "Hemmelig Vej" not in edit
    fields = {**person_fields(kind="parent"), "protected_address": "on", "row_version": str(hidden.row_version)}
    assert client.post(reverse("cases:person", kwargs=url), fields).status_code == 302
    hidden.refresh_from_db()
    assert (hidden.address, hidden.first_name) == ("Hemmelig Vej 9", "Anton")
    assert "Hemmelig Vej 9" in client.get(reverse("cases:show_address", kwargs=url)).content.decode()
    last = AccessLog.objects.order_by("-seq")[0]
    assert (last.kind, last.count) == ("cases:show_address", 1)


def test_C12_a_protected_name_is_asked_for_beside_the_name_and_not_in_a_fold() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    page = client.get(reverse("cases:person_new", kwargs={"pk": forloeb.pk})).content.decode()
    asked = [page.index(f'name="{name}"') for name in ("last_name", "protected_address", "protected_name", "cpr")]
    assert asked == sorted(asked)
    assert page.index('name="protected_name"') < page.index("<details")


def test_C12_a_protected_name_is_one_logged_click_away_and_stays_when_the_form_is_saved_without_it() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    url = {"pk": forloeb.pk}
    fields = person_fields(kind="parent", protected_name="Anton Holmgård")
    refused = client.post(reverse("cases:person_new", kwargs=url), fields)
    assert refused.status_code == 422
    assert "Sæt kryds her, når der er et beskyttet navn." in refused.content.decode()
    fields["protected_address"] = "on"
    assert client.post(reverse("cases:person_new", kwargs=url), fields).status_code == 302
    member = forloeb.family.members.get()
    url["key"] = member.pk
    people = client.get(reverse("cases:people", kwargs={"pk": forloeb.pk})).content.decode()
    assert "Vis beskyttet navn og adresse" in people
    assert "Holmgård" not in people + client.get(reverse("cases:person", kwargs=url)).content.decode()
    assert "Anton Holmgård" in client.get(reverse("cases:show_address", kwargs=url)).content.decode()
    assert AccessLog.objects.order_by("-seq")[0].kind == "cases:show_address"
    kept = {**person_fields(kind="parent"), "protected_address": "on", "row_version": str(member.person.row_version)}
    assert client.post(reverse("cases:person", kwargs=url), kept).status_code == 302
    member.person.refresh_from_db()
    assert member.person.protected_name == "Anton Holmgård"
    free = {**person_fields(kind="parent"), "row_version": str(member.person.row_version)}
    assert client.post(reverse("cases:person", kwargs=url), free).status_code == 302
    member.person.refresh_from_db()
    assert (member.person.protected_name, member.person.protected_address) == ("", False)


def test_F9_custody_is_missing_for_who_is_under_age_only() -> None:
    forloeb = ForloebFactory()
    today = timezone.localdate()
    born = {"Saga": 17, "Toke": 18, "Ukendt": None}
    for name, years in born.items():
        birth = years and today.replace(year=today.year - years, month=1, day=1)
        ForloebPersonFactory(forloeb=forloeb, kind="child", person__first_name=name, person__birth_date=birth)
    page = family_page(forloeb, standing_of(tovholder_of(forloeb), forloeb))
    lacking = {line.member.person.first_name for line in page.lines if line.lacks_custody}
    assert lacking == {"Saga", "Ukendt"}


def test_F9_the_form_takes_custody_by_and_of_a_young_mother() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    year = timezone.localdate().year
    mother = ForloebPersonFactory(forloeb=forloeb).person
    young = {"forloeb": forloeb, "kind": "child", "person__birth_date": datetime.date(year - 17, 1, 1)}
    luna = ForloebPersonFactory(**young).person
    fields = person_fields(first_name="Storm", birth_date=f"1.1.{year - 1}", custody=str(luna.pk))
    assert client.post(reverse("cases:person_new", args=[forloeb.pk]), fields).status_code == 302
    assert luna.custody_of.get().child.first_name == "Storm"
    member = luna.memberships.get()
    url = reverse("cases:person", args=[forloeb.pk, member.pk])
    fields = person_fields(first_name="Luna", birth_date=f"1.1.{year - 17}", kind="parent", custody=str(mother.pk))
    assert client.post(url, fields | {"row_version": luna.row_version}).status_code == 302
    member.refresh_from_db()
    assert (member.kind, luna.custody_held_by.get().holder) == ("parent", mother)


def test_F3_the_stop_says_what_stays_when_it_began_with_a_henvendelse() -> None:
    row = HenvendelseFactory()
    client = signed_in(receiver_of(row))
    url = client.post(reverse("cases:henvendelse_accept", kwargs={"pk": row.pk}), {"row_version": 1})["Location"]
    answers = {"underretning": "ja", "other_track": "nej"}
    alone = client.post(reverse("cases:start"), answers).content.decode()
    assert "Vi har ikke gemt noget om familien." in alone
    begun = client.post(url, answers).content.decode()
    assert "Henvendelsen er stadig gemt. Ud over den har vi ikke gemt noget om familien." in begun
    assert "Vi har ikke gemt noget om familien." not in begun


def test_C5_F9_a_holder_the_reader_may_not_know_of_is_neither_named_nor_missing() -> None:
    """Who may know of the child alone reads no name, and not that nobody has custody either."""
    forloeb = ForloebFactory()
    reader = ParticipationFactory(forloeb=forloeb)
    child = ForloebPersonFactory(forloeb=forloeb, kind="child", person__first_name="Saga").person
    holder = ForloebPersonFactory(forloeb=forloeb, person__first_name="Ubekendtmor").person
    CustodyFactory(child=child, holder=holder)
    consented(forloeb, child, [reader])
    page = signed_in(reader.user).get(reverse("cases:people", kwargs={"pk": forloeb.pk})).content.decode()
    assert "Saga" in page
    assert "Ubekendtmor" not in page
    assert "Forældremyndighed" not in page
    known = ForloebPersonFactory(forloeb=forloeb, person__first_name="Kendtfar").person
    CustodyFactory(child=child, holder=known)
    consented(forloeb, known, [reader])
    page = signed_in(reader.user).get(reverse("cases:people", kwargs={"pk": forloeb.pk})).content.decode()
    assert "Kendtfar" in page
    assert "Forældremyndighed" not in page, "one of two named as the holder would be untrue"


def test_F9_two_editors_of_one_person_lose_nothing() -> None:
    """A stale save answers 409 with both texts, and saving again from there works."""
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    person = ForloebPersonFactory(forloeb=forloeb).person
    member = forloeb.family.members.get()
    url = reverse("cases:person", kwargs={"pk": forloeb.pk, "key": member.pk})
    first = {**person_fields(kind="parent"), "relation": "mor", "row_version": "1"}
    assert client.post(url, first).status_code == 302
    stale = client.post(url, {**first, "first_name": "Bertil", "relation": "far"})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert all(word in text for word in ("Bertil", "Anton", "Intet er tabt", 'name="row_version" value="2"'))
    assert client.post(url, {**first, "first_name": "Bertil", "row_version": "2"}).status_code == 302
    person.refresh_from_db()
    assert person.first_name == "Bertil"


def test_F10_find_add_change_and_end_a_participant() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    teacher = EmploymentFactory(department=DepartmentFactory(school=True, name="Skolen ved Åen"), title="Klasselærer")
    url = reverse("cases:participant_new", kwargs={"pk": forloeb.pk})
    assert client.get(url).status_code == 200
    assert "Ingen kolleger passer" in client.get(f"{url}?q=findesikke").content.decode()
    assert teacher.user.name in client.get(f"{url}?q=klasselærer åen").content.decode()
    fields = {"employment": str(teacher.pk), "role": "professional", "title": "klasselærer"}
    assert client.post(f"{url}?q=klasse", fields).status_code == 302
    assert client.post(f"{url}?q=klasse", fields).status_code == 422
    part = Participation.objects.get(user=teacher.user)
    assert signed_in(teacher.user).get(reverse("cases:people", kwargs={"pk": forloeb.pk})).status_code == 200
    one = reverse("cases:participant", kwargs={"pk": part.pk})
    assert client.get(one).status_code == 200
    changed = {"role": "management", "title": "leder", "from_date": "1.1.2026", "to_date": "", "row_version": "1"}
    assert client.post(one, changed).status_code == 302
    assert client.post(one, {**changed, "title": "anden"}).status_code == 409
    assert client.post(reverse("cases:participant_end", kwargs={"pk": part.pk})).status_code == 302
    assert signed_in(teacher.user).get(reverse("cases:people", kwargs={"pk": forloeb.pk})).status_code == 404
    assert "Har været med" in client.get(reverse("cases:participants", kwargs={"pk": forloeb.pk})).content.decode()


def test_F10_an_external_takes_part_without_access() -> None:
    forloeb = ForloebFactory()
    client = signed_in(tovholder_of(forloeb))
    url = reverse("cases:external_new", kwargs={"pk": forloeb.pk})
    assert client.get(url).status_code == 200
    fields = {
        "external": str(ExternalPartyFactory().pk),
        "name": "Ebbe",
        "role": "professional",
        "phone": "+45 09312080",
    }
    assert client.post(url, fields).status_code == 302
    assert Participation.objects.get(external_name="Ebbe").external_phone == "09 31 20 80"


def test_F7_F8_pause_resume_end_reopen() -> None:
    forloeb = ForloebFactory(active=True)
    focus = ForloebPersonFactory(forloeb=forloeb, is_focus=True).person
    ParticipationFactory(forloeb=forloeb)
    consented(forloeb, focus, list(forloeb.participations.all()))
    client = signed_in(tovholder_of(forloeb))
    url = {"pk": forloeb.pk}

    def post(name: str, version: int, **fields: str) -> int:
        return client.post(reverse(f"cases:{name}", kwargs=url), {"row_version": version, **fields}).status_code

    assert client.get(reverse("cases:forloeb_acts", kwargs=url)).status_code == 200
    assert post("pause", 1) == 302
    assert post("pause", 1) == 409
    assert client.get(reverse("cases:forloeb_acts", kwargs=url)).status_code == 200
    assert post("resume", 2) == 302
    assert post("end", 3, reason="completed") == 422
    assert post("end", 3, reason="moved") == 422
    assert post("end", 3, reason="moved", text="Til en anden kommune.") == 302
    assert "Åbn forløbet igen" in client.get(reverse("cases:forloeb_acts", kwargs=url)).content.decode()
    assert post("reopen", 4) == 422
    assert post("reopen", 4, why="Familien er kommet tilbage.") == 302
    forloeb.refresh_from_db()
    assert (forloeb.state, forloeb.ended_on, forloeb.end_reason) == ("active", None, "")


def test_F5_hand_over_and_bar_by_the_acts_page() -> None:
    forloeb = ForloebFactory()
    old = tovholder_of(forloeb)
    client = signed_in(old)
    new, neighbour = EmploymentFactory(), EmploymentFactory()
    url = {"pk": forloeb.pk}
    ParticipationFactory(forloeb=forloeb, user=neighbour.user)
    barred = client.post(reverse("cases:bar", kwargs=url), {"bar-user": str(neighbour.user.pk), "bar-reason": "nabo"})
    assert barred.status_code == 302
    assert signed_in(neighbour.user).get(reverse("cases:people", kwargs=url)).status_code == 404
    page = client.get(reverse("cases:forloeb_acts", kwargs=url)).content.decode()
    offered = page.partition('name="bar-user"')[2].partition("</select>")[0]
    assert f'value="{new.user.pk}"' in offered
    assert f'value="{neighbour.user.pk}"' not in offered, "barred already"
    refused = client.post(reverse("cases:hand_over", kwargs=url), {"to-to": str(neighbour.pk), "to-reason": "ferie"})
    assert refused.status_code == 422
    assert client.post(reverse("cases:hand_over", kwargs=url), {"to-to": str(new.pk)}).status_code == 422
    done = client.post(reverse("cases:hand_over", kwargs=url), {"to-to": str(new.pk), "to-reason": "ferie"})
    assert done["Location"] == reverse("cases:forloeb_list")
    assert tovholder_of(forloeb) == new.user
    assert client.get(reverse("cases:people", kwargs=url)).status_code == 404
    assert forloeb.hand_overs.get().reason == "ferie"
    assert "Overleveringer" in signed_in(new.user).get(reverse("cases:participants", kwargs=url)).content.decode()


def test_F5_a_leader_hands_over_for_a_colleague_who_left_without_seeing_the_families() -> None:
    department = DepartmentFactory(may_drive=True)
    colleague, leader = EmploymentFactory(department=department), EmploymentFactory(department=department, leader=True)
    new = EmploymentFactory()
    rows = [ForloebFactory(tovholder=colleague.user) for _ in range(3)]
    client = signed_in(leader.user)
    url = reverse("cases:hand_over_many") + f"?kollega={colleague.user.pk}"
    page = client.get(url).content.decode()
    assert "tovholder i 3 forløb" in page
    assert rows[0].family.name not in page
    assert client.post(url, {"to": str(new.pk), "reason": "Har sagt op"}).status_code == 302
    assert {tovholder_of(row) for row in rows} == {new.user}
    assert signed_in(new.user).get(url).status_code == 403
    own = signed_in(new.user)
    assert rows[0].family.name in own.get(reverse("cases:hand_over_many")).content.decode()


def test_F9_a_search_keeps_the_familys_name_that_is_typed_and_enter_in_it_goes_on() -> None:
    client = signed_in(EmploymentFactory(department=DepartmentFactory(may_drive=True)).user)
    client.post(reverse("cases:start"), NO)
    url = reverse("cases:start_family")
    searched = client.post(url, {"search": "1", "name": "Ronja Holm", "family_name": "Ronjas familie"})
    assert (searched.status_code, 'value="Ronjas familie"' in searched.content.decode()) == (200, True)
    entered = client.post(url, {"search": "1", "name": "", "cpr": "", "family_name": "Ronjas familie"})
    assert entered["Location"] == reverse("cases:start_need")
    empty = client.post(url, {"search": "1", "name": "", "cpr": "", "family_name": ""})
    assert (empty.status_code, "Skriv et CPR-nummer eller et fuldt navn." in empty.content.decode()) == (422, True)
