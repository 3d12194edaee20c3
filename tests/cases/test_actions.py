"""What the actions refuse, and with which words (O4, F1–F10, F13, C12)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.models import Event
from cases import actions
from cases.models import (
    Custody,
    DepartmentCase,
    Family,
    Forloeb,
    ForloebPerson,
    Henvendelse,
    HenvendelseState,
    Participation,
    Person,
    Residence,
)
from cases.readiness import missing_people
from tests.cases.factories import (
    ForloebFactory,
    ForloebPersonFactory,
    HenvendelseFactory,
    ParticipationFactory,
    PersonFactory,
    receiver_of,
    tovholder_of,
)
from tests.organisation.factories import DepartmentFactory, EmploymentFactory, ExternalPartyFactory, UserFactory
from web.errors import Refused, Stale

pytestmark = pytest.mark.django_db


def start(employment=None, **more):
    employment = employment or EmploymentFactory()
    given = {"family_name": "Antons familie", "need": "Skole og job", **more}
    return actions.start_forloeb(by=employment.user, department=employment.department, **given)


class TestStart:
    def test_F8_begins_with_consent_being_gathered(self):
        forloeb = start(board_key="loeft")
        assert (forloeb.state, forloeb.start_checked_on, forloeb.board_key) == (
            "consent",
            timezone.localdate(),
            "loeft",
        )
        assert Event.objects.get().kind == "forloeb.started"

    @pytest.mark.parametrize("answer", ["underretning", "other_track"])
    def test_F3_a_yes_is_refused_and_stores_nothing(self, answer):
        employment = EmploymentFactory()
        with pytest.raises(Refused, match="Stop her"):
            start(employment, stopped_by=[answer])
        assert [model.objects.count() for model in (Family, Forloeb, Event)] == [0, 0, 0]

    def test_O4_F5_only_from_an_authority_of_an_area_that_may_start(self):
        with pytest.raises(Refused, match="Det kan en medarbejder i en myndighed"):
            start(EmploymentFactory(department=DepartmentFactory()))

    def test_F10_the_tovholder_stands_with_the_function_of_the_employment(self):
        department = DepartmentFactory(may_drive=True)
        forloeb = start(EmploymentFactory(department=department, title="socialrådgiver"))
        lead = forloeb.participations.get(role="tovholder")
        assert lead.title == "socialrådgiver"
        new = EmploymentFactory(department=department, title="familierådgiver")
        actions.hand_over(by=lead.user, forloeb=forloeb, to_user=new.user, to_department=department, reason="Ferie")
        assert forloeb.participations.open().get(role="tovholder").title == "familierådgiver"

    def test_O4_not_from_a_department_where_one_does_not_work(self):
        with pytest.raises(Refused):
            actions.start_forloeb(
                by=EmploymentFactory().user, department=DepartmentFactory(may_drive=True), family_name="A", need="B"
            )

    @pytest.mark.parametrize(
        ("field", "value"),
        [("need", " "), ("family_name", " "), ("model_key", "x"), ("board_key", "x"), ("situations", ["x"])],
    )
    def test_F2_what_is_missing_or_unknown_is_named(self, field, value):
        with pytest.raises(ValidationError) as wrong:
            start(**{field: value})
        assert field in wrong.value.message_dict
        assert not Forloeb.objects.exists()


class TestHenvendelse:
    def test_O4_from_an_area_that_may_not_send(self):
        outside = EmploymentFactory(department=DepartmentFactory(area__outside=True))
        to = EmploymentFactory(leader=True).department
        with pytest.raises(Refused, match="Du kan ikke sende"):
            actions.send_henvendelse(
                by=outside.user, sender_department=outside.department, to_department=to, family_text="A", need="B"
            )

    def test_O4_to_an_authority_with_somebody_to_receive_it(self):
        sender = EmploymentFactory()
        given = {"by": sender.user, "sender_department": sender.department, "family_text": "A", "need": "B"}
        with pytest.raises(ValidationError, match="myndighed"):
            actions.send_henvendelse(to_department=DepartmentFactory(), **given)
        with pytest.raises(ValidationError, match="har ingen leder"):
            actions.send_henvendelse(to_department=DepartmentFactory(may_drive=True), **given)
        with pytest.raises(ValidationError, match="arbejder ikke i"):
            actions.send_henvendelse(
                to_department=DepartmentFactory(may_drive=True), to_user=EmploymentFactory().user, **given
            )
        assert not Henvendelse.objects.exists()

    def test_O4_only_the_receiver_answers_and_only_once(self):
        row = HenvendelseFactory()
        for stranger in (EmploymentFactory().user, row.sender):
            with pytest.raises(Refused):
                actions.accept_henvendelse(by=stranger, henvendelse=row)
        by = receiver_of(row)
        actions.accept_henvendelse(by=by, henvendelse=row)
        with pytest.raises(Refused, match="allerede besvaret"):
            actions.accept_henvendelse(by=by, henvendelse=row)

    def test_O4_accepted_opens_the_forloeb_once_with_the_acceptor_as_tovholder(self):
        row = HenvendelseFactory()
        by = receiver_of(row)
        forloeb = actions.start_forloeb(by=by, department=row.to_department, family_name="A", need="B", henvendelse=row)
        row.refresh_from_db()
        assert (row.state, row.forloeb, tovholder_of(forloeb)) == (HenvendelseState.ACCEPTED, forloeb, by)
        with pytest.raises(Refused):
            actions.start_forloeb(by=by, department=row.to_department, family_name="A", need="B", henvendelse=row)
        with pytest.raises(Refused):
            actions.decline_henvendelse(by=by, henvendelse=row, reason="nej")

    def test_O4_nothing_is_lost_when_the_named_colleague_has_left(self):
        leader = EmploymentFactory(leader=True)
        named = EmploymentFactory(department=leader.department)
        row = HenvendelseFactory(to_department=leader.department, to_user=named.user)
        assert not Henvendelse.objects.received_by(leader.user).exists()
        named.to_date = timezone.localdate()
        named.save()
        assert Henvendelse.objects.received_by(leader.user).get() == row

    def test_O4_two_receivers_at_once(self):
        row = HenvendelseFactory()
        by = receiver_of(row)
        actions.pass_on_henvendelse(
            by=by, henvendelse=row, to_department=EmploymentFactory(leader=True).department, row_version=1
        )
        with pytest.raises(Refused):
            actions.decline_henvendelse(by=by, henvendelse=row, reason="nej", row_version=1)


class TestPeople:
    def test_F9_everything_about_a_child_in_one_act(self):
        forloeb = ForloebFactory()
        by = tovholder_of(forloeb)
        mother = ForloebPersonFactory(forloeb=forloeb).person
        child = actions.add_person(
            by=by,
            forloeb=forloeb,
            first_name="Anton",
            cpr="740316 4567",
            kind="child",
            household=["Hos Sofie", "Hos Jens"],
            placement="Plejefamilien",
            is_focus=True,
            custody=[mother],
        )
        assert child.birth_date == datetime.date(2016, 3, 14)
        assert Person.objects.with_cpr("7403164567").get() == child
        assert set(Residence.objects.filter(person=child).values_list("household__label", "is_placement")) == {
            ("Hos Sofie", False),
            ("Hos Jens", False),
            ("Plejefamilien", True),
        }
        assert ForloebPerson.objects.get(person=child).is_focus

    @pytest.mark.parametrize(
        "cpr", ["99", "310216-1234", "abcdefghij", "٠١٠٢٠٣١٢٣٤", "0102031234567", "\u202e0102031234"]
    )
    def test_C12_a_garbage_number_is_told_in_words_and_never_repeated(self, cpr):
        forloeb = ForloebFactory()
        with pytest.raises(ValidationError) as wrong:
            actions.add_person(by=tovholder_of(forloeb), forloeb=forloeb, first_name="A", cpr=cpr, kind="child")
        assert "cpr" in wrong.value.message_dict
        assert cpr not in str(wrong.value)
        assert not Person.objects.exists()

    def test_F9_the_same_number_twice_in_one_family_is_told(self):
        forloeb = ForloebFactory()
        given = {
            "by": tovholder_of(forloeb),
            "forloeb": forloeb,
            "first_name": "A",
            "cpr": "7403164567",
            "kind": "child",
        }
        actions.add_person(**given)
        with pytest.raises(ValidationError, match="allerede skrevet på"):
            actions.add_person(**given)

    def test_F9_a_number_known_elsewhere_tells_nothing(self):
        """No creation oracle: the same answer, and nothing of the other row is shown or changed."""
        elsewhere = PersonFactory(cpr="7403164567", first_name="Hemmelig", phone="09 31 99 99")
        ForloebPersonFactory(person=elsewhere)
        forloeb = ForloebFactory()
        made = actions.add_person(
            by=tovholder_of(forloeb), forloeb=forloeb, first_name="Anton", cpr="7403164567", kind="child"
        )
        elsewhere.refresh_from_db()
        assert (made.pk != elsewhere.pk, made.first_name, made.phone) == (True, "Anton", "")
        assert elsewhere.first_name == "Hemmelig"
        assert Person.objects.with_cpr("7403164567").count() == 2

    def test_F9_whom_one_leads_already_is_the_same_person(self):
        forloeb = ForloebFactory()
        by = tovholder_of(forloeb)
        known = PersonFactory(cpr="7403164567", first_name="Anton")
        ForloebPersonFactory(person=known, forloeb=ForloebFactory(tovholder=by))
        made = actions.add_person(by=by, forloeb=forloeb, first_name="Toni", cpr="7403164567", kind="child")
        assert (made, made.first_name, made.families.count()) == (known, "Anton", 2)

    def test_F9_custody_changes_from_today_and_keeps_what_was(self):
        forloeb = ForloebFactory()
        by = tovholder_of(forloeb)
        mother, father = (ForloebPersonFactory(forloeb=forloeb).person for _ in range(2))
        child = ForloebPersonFactory(forloeb=forloeb, kind="child").person
        actions.set_custody(by=by, forloeb=forloeb, child=child, holders=[mother])
        actions.set_custody(by=by, forloeb=forloeb, child=child, holders=[father])
        today = timezone.localdate()
        assert [row.holder for row in Custody.objects.on(today)] == [father]
        assert [row.holder for row in Custody.objects.on(today - datetime.timedelta(days=1))] == [mother]
        with pytest.raises(ValidationError, match="kun på et barn"):
            actions.set_custody(by=by, forloeb=forloeb, child=mother, holders=[father])
        with pytest.raises(ValidationError, match="Vælg voksne"):
            actions.set_custody(by=by, forloeb=forloeb, child=child, holders=[PersonFactory()])

    @pytest.mark.parametrize("own_first", [True, False])
    def test_F9_C1_a_young_mother_holds_custody_and_is_held(self, own_first):
        """Three generations: she is the child of one and the parent of another, in either order, whatever her role."""
        forloeb = ForloebFactory()
        by, year = tovholder_of(forloeb), timezone.localdate().year
        of = {"forloeb": forloeb, "person__birth_date": datetime.date(year - 17, 1, 1)}
        bodil = ForloebPersonFactory(forloeb=forloeb).person
        luna = ForloebPersonFactory(kind="child", **of).person
        storm = ForloebPersonFactory(kind="child", **{**of, "person__birth_date": datetime.date(year - 1, 1, 1)}).person
        steps = [(storm, luna), (luna, bodil)]
        for child, holder in steps if own_first else reversed(steps):
            actions.set_custody(by=by, forloeb=forloeb, child=child, holders=[holder])
        actions.change_person(by=by, forloeb=forloeb, person=luna, kind="parent")
        actions.set_custody(by=by, forloeb=forloeb, child=luna, holders=[bodil])
        held = Custody.objects.now().values_list("child", "holder")
        assert set(held) == {(storm.pk, luna.pk), (luna.pk, bodil.pk)}
        with pytest.raises(ValidationError, match="fyldt 15 år"):
            actions.set_custody(by=by, forloeb=forloeb, child=luna, holders=[storm])

    def test_O3_a_case_stands_once_in_a_department(self):
        forloeb = ForloebFactory()
        by, department = tovholder_of(forloeb), DepartmentFactory()
        person = ForloebPersonFactory(forloeb=forloeb).person
        given = {"by": by, "forloeb": forloeb, "department": department}
        case = actions.record_department_case(person=person, **given)
        with pytest.raises(ValidationError):
            actions.record_department_case(person=person, **given)
        with pytest.raises(ValidationError):
            actions.record_department_case(person=PersonFactory(), **given)
        actions.end_department_case(by=by, forloeb=forloeb, case=case)
        actions.record_department_case(person=person, **given)
        assert DepartmentCase.objects.count() == 2

    def test_F6_only_the_tovholder_of_an_open_forloeb(self):
        forloeb = ForloebFactory()
        colleague = ParticipationFactory(forloeb=forloeb).user
        with pytest.raises(Refused, match="Tovholder er"):
            actions.add_person(by=colleague, forloeb=forloeb, first_name="A", kind="child")
        ended = ForloebFactory(ended=True)
        with pytest.raises(Refused, match="afsluttet"):
            actions.add_person(by=tovholder_of(ended), forloeb=ended, first_name="A", kind="child")


class TestParticipants:
    def test_F5_a_tovholder_is_made_by_hand_over_only(self):
        forloeb, new = ForloebFactory(), EmploymentFactory()
        by = tovholder_of(forloeb)
        given = {"by": by, "forloeb": forloeb, "user": new.user, "department": new.department}
        with pytest.raises(ValidationError, match="allerede en tovholder"):
            actions.add_participant(role="tovholder", **given)
        part = actions.add_participant(role="professional", **given)
        with pytest.raises(ValidationError):
            actions.change_participation(by=by, participation=part, role="tovholder")
        lead = Participation.objects.tovholder().get(forloeb=forloeb)
        with pytest.raises(Refused, match="altid have en tovholder"):
            actions.end_participation(by=by, participation=lead)

    def test_F10_only_where_one_works_and_once(self):
        forloeb, new = ForloebFactory(), EmploymentFactory()
        given = {"by": tovholder_of(forloeb), "forloeb": forloeb, "user": new.user, "role": "professional"}
        with pytest.raises(ValidationError, match="arbejder ikke i"):
            actions.add_participant(department=DepartmentFactory(), **given)
        actions.add_participant(department=new.department, **given)
        with pytest.raises(ValidationError, match="allerede med"):
            actions.add_participant(department=new.department, **given)

    def test_F10_the_function_is_the_employees_own_when_none_is_written(self):
        new = EmploymentFactory(title="klasselærer")
        for written, known_as in (("", "klasselærer"), ("AKT-vejleder", "AKT-vejleder")):
            forloeb = ForloebFactory()
            given = {"by": tovholder_of(forloeb), "forloeb": forloeb, "user": new.user, "department": new.department}
            assert actions.add_participant(role="professional", title=written, **given).title == known_as

    def test_F11_the_management_comes_from_a_department_of_its_area(self):
        forloeb = ForloebFactory()
        by = tovholder_of(forloeb)
        other = EmploymentFactory(department=DepartmentFactory(name="Jobcenter"))
        given = {"by": by, "forloeb": forloeb, "user": other.user, "department": other.department}
        with pytest.raises(ValidationError, match="Jobcenter hører ikke til Børn og Skole") as refused:
            actions.add_participant(role="management", **given)
        assert set(refused.value.message_dict) == {"role"}
        part = actions.add_participant(role="professional", **given)
        with pytest.raises(ValidationError, match="hører ikke til Børn og Skole"):
            actions.change_participation(by=by, participation=part, role="management")
        school = EmploymentFactory(department=DepartmentFactory(school=True))
        actions.add_participant(
            by=by, forloeb=forloeb, user=school.user, department=school.department, role="management"
        )
        with pytest.raises(ValidationError, match="medarbejder i kommunen"):
            actions.add_external(by=by, forloeb=forloeb, external=ExternalPartyFactory(), name="E", role="management")

    def test_F10_an_external_holds_no_role_of_the_municipality(self):
        forloeb = ForloebFactory()
        with pytest.raises(ValidationError, match="medarbejder i kommunen"):
            actions.add_external(
                by=tovholder_of(forloeb), forloeb=forloeb, external=ExternalPartyFactory(), name="E", role="koordinator"
            )

    def test_F10_ending_takes_access_today_and_keeps_history(self):
        forloeb = ForloebFactory()
        part = ParticipationFactory(forloeb=forloeb)
        assert Forloeb.objects.visible_to(part.user).exists()
        actions.end_participation(by=tovholder_of(forloeb), participation=part)
        assert not Forloeb.objects.visible_to(part.user).exists()
        assert Participation.objects.filter(pk=part.pk).exists()


class TestLeading:
    def test_F5_hand_over_keeps_from_to_when_why(self):
        forloeb = ForloebFactory()
        old, new = tovholder_of(forloeb), EmploymentFactory()
        ParticipationFactory(forloeb=forloeb, user=new.user)
        row = actions.hand_over(
            by=old, forloeb=forloeb, to_user=new.user, to_department=new.department, reason="Barsel"
        )
        assert (row.from_participation.user, row.to_participation.user, row.reason) == (old, new.user, "Barsel")
        assert (row.on, tovholder_of(forloeb)) == (timezone.localdate(), new.user)
        assert not Forloeb.objects.visible_to(old).exists()

    def test_F5_hand_over_on_a_later_day(self):
        forloeb = ForloebFactory()
        old, new = tovholder_of(forloeb), EmploymentFactory()
        day = timezone.localdate() + datetime.timedelta(days=5)
        actions.hand_over(
            by=old, forloeb=forloeb, to_user=new.user, to_department=new.department, reason="Barsel", on=day
        )
        led = Participation.objects.filter(forloeb=forloeb).tovholder()
        assert (led.open().get().user, led.open(day).get().user) == (old, new.user)

    def test_F5_not_to_a_department_that_may_not_lead(self):
        forloeb, nurse = ForloebFactory(), EmploymentFactory(department=DepartmentFactory(name="Sundhedsplejen"))
        UserFactory(koordinator=True, name="Birgit Ørsted")
        with pytest.raises(
            Refused, match=r"fra Sundhedsplejen\. Det kan en medarbejder i en myndighed\. Ring til .*Birgit"
        ):
            actions.hand_over(
                by=tovholder_of(forloeb),
                forloeb=forloeb,
                to_user=nurse.user,
                to_department=nurse.department,
                reason="x",
            )

    def test_F5_by_nobody_else(self):
        forloeb, new = ForloebFactory(), EmploymentFactory()
        given = {"forloeb": forloeb, "to_user": new.user, "to_department": new.department, "reason": "x"}
        for stranger in (EmploymentFactory(leader=True).user, ParticipationFactory(forloeb=forloeb).user):
            with pytest.raises(Refused):
                actions.hand_over(by=stranger, **given)

    def test_F5_in_bulk_all_or_none(self):
        employment = EmploymentFactory()
        first, second = (ForloebFactory(tovholder=employment.user) for _ in range(2))
        new = EmploymentFactory()
        actions.bar(by=employment.user, forloeb=second, user=new.user, reason="nabo")
        given = {"to_user": new.user, "to_department": new.department, "reason": "Rejser"}
        with pytest.raises(ValidationError):
            actions.hand_over_many(by=employment.user, forloebs=[first, second], **given)
        assert tovholder_of(first) == employment.user
        actions.unbar(by=employment.user, forloeb=second, user=new.user)
        assert len(actions.hand_over_many(by=employment.user, forloebs=[first, second], **given)) == 2

    def test_F13_barring_ends_access_and_keeps_away(self):
        forloeb = ForloebFactory()
        by, part = tovholder_of(forloeb), ParticipationFactory(forloeb=forloeb)
        with pytest.raises(Refused, match="Overlevér forløbet først"):
            actions.bar(by=by, forloeb=forloeb, user=by, reason="x")
        actions.bar(by=by, forloeb=forloeb, user=part.user, reason="nabo")
        assert not Forloeb.objects.visible_to(part.user).exists()
        with pytest.raises(ValidationError, match="spærret"):
            actions.add_participant(
                by=by, forloeb=forloeb, user=part.user, department=part.department, role="professional"
            )


class TestLife:
    def test_F7_completed_takes_two_held_meetings(self):
        forloeb = ForloebFactory(active=True)
        by = tovholder_of(forloeb)
        with pytest.raises(Refused, match="to holdte møder"):
            actions.end_forloeb(by=by, forloeb=forloeb, reason="completed", held_meetings=1)
        ended = actions.end_forloeb(by=by, forloeb=forloeb, reason="completed", held_meetings=2)
        assert ended.ended_on == timezone.localdate()

    def test_F8_no_way_round_the_transitions(self):
        forloeb = ForloebFactory()
        by = tovholder_of(forloeb)
        for act in (actions.pause_forloeb, actions.resume_forloeb):
            with pytest.raises(Refused):
                act(by=by, forloeb=forloeb)
        with pytest.raises(Refused):
            actions.reopen_forloeb(by=by, forloeb=forloeb, why="x")
        with pytest.raises(Stale):
            actions.end_forloeb(by=by, forloeb=forloeb, reason="moved", text="x", row_version=7)

    def test_F4_reopened_after_want_of_consent_gathers_it_anew(self):
        forloeb = ForloebFactory(active=True)
        by = tovholder_of(forloeb)
        ended = actions.end_forloeb(by=by, forloeb=forloeb, reason="consent_withdrawn", text="Mor ringede.")
        again = actions.reopen_forloeb(by=by, forloeb=ended, why="Hun har skiftet mening.")
        assert (again.state, again.activated_on) == ("consent", None)

    def test_F1_what_is_missing_is_said_in_plain_words(self):
        forloeb = ForloebFactory()
        texts = {line.text: line.done for line in missing_people(forloeb)}
        home = tovholder_of(forloeb).departments.get().name
        assert texts == {
            "Tovholder er valgt": True,
            "Skriv familien på": False,
            f"Mindst to forskellige afdelinger. Kun {home} er med nu.": False,
        }
        ForloebPersonFactory(forloeb=forloeb, is_focus=True)
        ParticipationFactory(forloeb=forloeb)
        assert all(line.done for line in missing_people(forloeb))
