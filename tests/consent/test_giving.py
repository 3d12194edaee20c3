"""Giving consent: C1, C3, C8, C9, F4."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import Event
from cases.models import Custody, ForloebState
from consent import actions, readiness
from consent.access import has_read_guidance
from consent.basis import load_basis
from consent.models import Consent, ConsentText, Topic
from consent.sharing import Cell
from tests.consent.factories import case, consented, key_of
from web.errors import Refused

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def family(db):
    return case()


def answers(family, topics=("fritid",), answer="yes"):
    chosen = Topic.objects.filter(key__in=topics)
    return {(key_of(family.departments[0]), topic): answer for topic in chosen}


def declare(family, person, **more):
    actions.read_guidance(by=family.tovholder)
    given = {"answers": answers(family), "way": "paper", **more}
    return actions.register_declaration(by=family.tovholder, forloeb=family.forloeb, person=person, **given)


def state(family, person, topic="fritid"):
    basis = load_basis(family.forloeb)
    return basis.cell(person.pk, key_of(family.departments[0]), Topic.objects.get(key=topic).pk)


def test_C1_an_adult_signs_alone_and_nobody_else_can(family):
    declaration = declare(family, family.anna)
    assert state(family, family.anna) is Cell.UNSIGNED
    with pytest.raises(Refused, match="Anna skriver selv under. Bo kan ikke gøre det i stedet."):
        actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.bo, signed_on=TODAY())
    actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.anna, signed_on=TODAY())
    assert state(family, family.anna) is Cell.YES


def test_C1_from_fifteen_the_young_person_signs_and_the_parents_cannot(family):
    declaration = declare(family, family.freja)
    with pytest.raises(Refused, match="Freja skriver selv under"):
        actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.anna, signed_on=TODAY())


def test_C1_under_fifteen_every_custody_holder_signs(family):
    declaration = declare(family, family.viggo, signatures=[(family.anna, TODAY())])
    assert state(family, family.viggo) is Cell.UNSIGNED
    with pytest.raises(Refused, match="For Viggo skriver alle med forældremyndighed under: Anna og Carl. Bo kan ikke"):
        actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.bo, signed_on=TODAY())
    actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.carl, signed_on=TODAY())
    assert state(family, family.viggo) is Cell.YES


def test_C1_a_child_without_custody_written_down_can_be_signed_for_by_nobody(family):
    for custody in Custody.objects.filter(child=family.viggo):
        custody.delete()
    declaration = declare(family, family.viggo)
    for signer in (family.viggo, family.anna):
        with pytest.raises(Refused, match="Skriv først, hvem der har forældremyndighed over Viggo"):
            actions.add_signature(by=family.tovholder, declaration=declaration, signer=signer, signed_on=TODAY())
    assert state(family, family.viggo) is Cell.UNSIGNED


def test_C1_a_child_without_a_birth_date_and_custody_waits_for_the_birth_date(family):
    for custody in Custody.objects.filter(child=family.viggo):
        custody.delete()
    family.viggo.birth_date = None
    family.viggo.save()
    with pytest.raises(Refused, match="Skriv Viggos fødselsdato først"):
        actions.allowed_signers(family.viggo, TODAY())


def test_C1_the_birthday_changes_who_signs_on_the_day_itself(family):
    birthday = TODAY()
    if (birthday.month, birthday.day) == (2, 29):  # fifteen years ago there was none: their day was yesterday
        birthday -= datetime.timedelta(days=1)
    family.viggo.birth_date = birthday.replace(year=birthday.year - 15)
    family.viggo.save()
    day_before = birthday - datetime.timedelta(days=1)
    declaration = declare(
        family, family.viggo, informed_on=day_before, signatures=[(family.anna, day_before), (family.carl, day_before)]
    )
    fritid = Topic.objects.get(key="fritid")
    cell = (family.viggo.pk, key_of(family.departments[0]), fritid.pk)
    assert load_basis(family.forloeb, day_before).cell(*cell) is Cell.YES
    assert load_basis(family.forloeb, birthday).cell(*cell) is Cell.UNSIGNED
    actions.add_signature(by=family.tovholder, declaration=declaration, signer=family.viggo, signed_on=birthday)
    assert load_basis(family.forloeb, birthday).cell(*cell) is Cell.YES


def test_C3_expiry_is_a_year_by_the_texts_months_and_acts_on_the_day(family):
    on = datetime.date(2026, 1, 31)
    declaration = consented(family.forloeb, family.anna, family.departments, ["fritid"], on=on)
    assert declaration.expires_on == datetime.date(2027, 1, 31)
    cell = (family.anna.pk, key_of(family.departments[0]), Topic.objects.get(key="fritid").pk)
    assert load_basis(family.forloeb, datetime.date(2027, 1, 30)).cell(*cell) is Cell.YES
    assert load_basis(family.forloeb, datetime.date(2027, 1, 31)).cell(*cell) is Cell.EXPIRED


def test_C3_an_oral_consent_needs_its_note_and_a_date_cannot_lie_ahead(family):
    with pytest.raises(ValidationError, match="hvem der hørte det"):
        declare(family, family.anna, way="oral", oral_note="  ")
    with pytest.raises(ValidationError, match="fremtiden"):
        declare(family, family.anna, informed_on=TODAY() + datetime.timedelta(days=1))
    declaration = declare(family, family.anna, way="oral", oral_note="Mette hørte det. Vi spurgte: Må vi?")
    assert declaration.oral_note.startswith("Mette")
    with pytest.raises(ValidationError, match="før den dag"):
        actions.add_signature(
            by=family.tovholder,
            declaration=declaration,
            signer=family.anna,
            signed_on=TODAY() - datetime.timedelta(days=1),
        )


def test_C3_a_signed_text_is_frozen_in_the_action_and_in_the_database(family):
    consented(family.forloeb, family.anna, family.departments, ["fritid"])
    text = ConsentText.objects.current()
    family.tovholder.is_koordinator = True
    family.tovholder.save()
    with pytest.raises(Refused, match="underskrevet"):
        actions.write_text(by=family.tovholder, text=text, title="A", purpose="B", body="C", months_valid=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentText.objects.filter(pk=text.pk).update(body="andet")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.all().update(answer="no")


def test_C3_a_paper_registered_late_stands_on_the_words_that_were_signed(family):
    """Signed yesterday on the text of yesterday; the municipality put a new one in use today."""
    family.tovholder.is_koordinator = True
    family.tovholder.save()
    consented(family.forloeb, family.bo, family.departments, ["fritid"])  # reads the guidance too
    signed = ConsentText.objects.current()
    newer = actions.write_text(by=family.tovholder, title="Ny", purpose="Ny", body="Ny", months_valid=6)
    actions.write_text(by=family.tovholder, text=newer, title="Ny", purpose="Ny", body="Ny tekst", months_valid=6)
    actions.publish_text(by=family.tovholder, text=newer)
    newer.refresh_from_db()
    late = declare(family, family.anna, informed_on=TODAY() - datetime.timedelta(days=1))
    assert late.text == signed
    assert declare(family, family.anna).text == newer
    unsigned = actions.write_text(by=family.tovholder, title="En til", purpose="B", body="C", months_valid=6)
    unsigned = actions.publish_text(by=family.tovholder, text=unsigned)
    with pytest.raises(Refused, match="i brug"):
        actions.write_text(by=family.tovholder, text=unsigned, title="A", purpose="B", body="C", months_valid=6)


def test_C3_the_checksum_holds_and_the_command_finds_a_changed_answer(family, capsys):
    declaration = consented(family.forloeb, family.anna, family.departments, ["fritid", "skole"])
    call_command("kontroller_samtykker")
    assert "1 erklæringer er" in capsys.readouterr().out
    Consent.objects.filter(declaration=declaration).first().delete()
    with pytest.raises(CommandError) as found:
        call_command("kontroller_samtykker")
    assert f"{family.forloeb.number}, erklæring 1, tekst version 1 ({declaration.pk})" in str(found.value)


def test_C3_numbers_follow_each_other_in_the_forloeb(family):
    first, second = declare(family, family.anna), declare(family, family.bo)
    assert (first.sequence, second.sequence) == (1, 2)


def test_C8_the_guidance_is_read_once_per_version_and_before_anything_is_registered(family):
    assert not has_read_guidance(family.tovholder)
    with pytest.raises(Refused, match="vejledningen"):
        actions.register_declaration(
            by=family.tovholder, forloeb=family.forloeb, person=family.anna, answers=answers(family), way="paper"
        )
    assert actions.read_guidance(by=family.tovholder) == actions.read_guidance(by=family.tovholder)
    assert has_read_guidance(family.tovholder)


def test_C9_the_leaflet_is_logged_once(family):
    declaration = declare(family, family.anna)
    given = actions.give_leaflet(by=family.tovholder, declaration=declaration)
    assert given.leaflet_given_on == TODAY()
    actions.give_leaflet(by=family.tovholder, declaration=declaration)
    assert Event.objects.filter(kind="consent.leaflet").count() == 1


def test_only_the_tovholder_may_register(family):
    with pytest.raises(Refused, match="Det kan kun tovholderen. Tovholder er"):
        actions.register_declaration(
            by=family.members["job"].user,
            forloeb=family.forloeb,
            person=family.anna,
            answers=answers(family),
            way="paper",
        )


def test_C2_answers_must_name_somebody_else_of_the_family_and_say_yes_or_no(family):
    fritid = Topic.objects.get(key="fritid")
    stranger = "p:00000000-0000-4000-8000-000000000000"
    for wrong in ({}, {(key_of(family.anna), fritid): "yes"}, {(stranger, fritid): "yes"}, {("q:1", fritid): "yes"}):
        with pytest.raises(ValidationError):
            declare(family, family.anna, answers=wrong)
    with pytest.raises(ValidationError):
        declare(family, family.anna, answers=answers(family, answer="måske"))


def test_F4_a_forloeb_becomes_active_only_with_two_departments_and_one_yes_to_both(family):
    with pytest.raises(Refused, match="kan ikke blive aktivt endnu"):
        actions.activate_forloeb(by=family.tovholder, forloeb=family.forloeb)
    consented(family.forloeb, family.anna, family.departments[:1], ["fritid"])
    consented(family.forloeb, family.bo, family.departments[1:], ["fritid"])
    assert not readiness.may_continue(family.forloeb), "two people, each to one department, carry nothing"
    consented(family.forloeb, family.anna, family.departments[1:], ["skole"])
    assert readiness.may_continue(family.forloeb)
    assert actions.activate_forloeb(by=family.tovholder, forloeb=family.forloeb).state == ForloebState.ACTIVE


def test_F4_the_missing_lines_name_who_and_what(family):
    declare(family, family.viggo, signatures=[(family.anna, TODAY())])
    words = [line.text for line in readiness.missing(family.forloeb) if not line.done]
    assert "Samtykke for Anna" in words
    assert "Alle underskrifter på Viggos erklæring" in words


def test_F4_refused_by_every_adult_is_seen(family):
    for one in (family.anna, family.bo):
        consented(family.forloeb, one, family.departments, answer="no", signed=False)
    assert not readiness.refused_by_only_adults(load_basis(family.forloeb))
    consented(family.forloeb, family.carl, family.departments, answer="no", signed=False)
    assert readiness.refused_by_only_adults(load_basis(family.forloeb))


def test_the_basis_costs_two_queries_however_many_answers(family, django_assert_num_queries):
    for one in (family.anna, family.bo, family.carl):
        consented(family.forloeb, one, family.departments)
    with django_assert_num_queries(2):
        load_basis(family.forloeb)


def test_the_frozen_triggers_stand():
    from web.triggers import missing

    assert connection.vendor in ("sqlite", "postgresql")
    tables = ("consent_consenttext", "consent_consent", "consent_declaration", "consent_guidance")
    assert missing(*((table, "UPDATE") for table in tables)) == []


def ago(days):
    return TODAY() - datetime.timedelta(days=days)


def test_C4_C7_a_paper_registered_late_lifts_no_withdrawal_that_was_said_after_it(family):
    """What counts is the day it was explained, not the day it was signed or typed in."""
    declare(family, family.anna, informed_on=ago(40), signatures=[(family.anna, ago(40))])
    actions.withdraw(by=family.tovholder, forloeb=family.forloeb, person=family.anna, told_on=ago(10), receipt=False)
    declare(family, family.anna, informed_on=ago(20), signatures=[(family.anna, ago(20))])
    assert state(family, family.anna) is Cell.WITHDRAWN
    declare(family, family.anna, informed_on=ago(20), signatures=[(family.anna, ago(5))])
    assert state(family, family.anna) is Cell.WITHDRAWN, "the words were explained before"
    declare(family, family.anna, informed_on=ago(10), signatures=[(family.anna, ago(10))])
    assert state(family, family.anna) is Cell.YES, "explained anew on that very day"


def test_C2_C4_the_answer_that_was_said_last_stands_whatever_was_registered_last(family):
    declare(family, family.anna, answers=answers(family, answer="no"), informed_on=ago(2))
    declare(family, family.anna, informed_on=ago(30), signatures=[(family.anna, ago(30))])
    assert state(family, family.anna) is Cell.NO
    declare(family, family.anna, informed_on=ago(1), signatures=[(family.anna, ago(1))])
    assert state(family, family.anna) is Cell.YES
    declare(family, family.anna, answers=answers(family, answer="no"), informed_on=ago(3))
    assert state(family, family.anna) is Cell.YES


def test_C1_C5_a_signature_that_comes_later_lifts_no_answer_said_in_between(family):
    """Found by ten thousand steps on PostgreSQL: the yes had even run out when it was signed."""
    waits = declare(
        family, family.viggo, informed_on=ago(20), signatures=[(family.anna, ago(20))], expires_on=ago(-300)
    )
    ran_out = declare(family, family.bo, informed_on=ago(20), expires_on=ago(17))
    for person in (family.viggo, family.bo):
        declare(family, person, answers=answers(family, answer="no"), informed_on=ago(10))
    actions.add_signature(by=family.tovholder, declaration=waits, signer=family.carl, signed_on=TODAY())
    actions.add_signature(by=family.tovholder, declaration=ran_out, signer=family.bo, signed_on=TODAY())
    assert state(family, family.viggo) is Cell.NO, "what one of two signs does not lift the no of the other"
    assert state(family, family.bo) is Cell.NO
