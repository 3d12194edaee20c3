"""Indsigt: all of one person, nothing about others, no field forgotten (issue B11)."""

import datetime
import json
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases.models import (
    Custody,
    DepartmentCase,
    EndReason,
    Forloeb,
    ForloebState,
    HandOver,
    Household,
    Person,
    Residence,
)
from consent import actions
from consent.basis import load_basis
from consent.models import Declaration
from consent.sharing import Facts, may_see
from documents.models import FrozenFile
from meetings.models import AgendaPoint, BoardNote, SmileyRating
from meetings.readers import reader_of_person
from plans.actions import start_version, use_note
from plans.models import FollowUp, ItemKind, PlanCopy, PlanItem
from privacy import subject
from privacy.register import register
from privacy.shown import SHOWN
from tests.consent.factories import consented
from tests.plans.factories import Anton, note, pdf_text, second_meeting, topic

LOOPED = ("meetings.ScalingAnswer", "meetings.SmileyRating")  # subject.py asks for both in one loop


def words(family: Anton, person: Person) -> str:
    return json.dumps(subject.as_data(subject.sections(family.forloeb, person)), ensure_ascii=False)


def _asked() -> Iterator[tuple[str, str]]:
    """Every field of a family's rows that tells of people or of the work with them."""
    for entry in register().tree():
        for name, kind in entry.classes.items():
            if kind not in ("technical", "log"):
                yield entry.label, name


def test_every_field_about_a_person_is_shown_or_left_out_with_a_reason() -> None:
    left_out = register().left_out
    for label, name in _asked():
        shown = name in SHOWN.get(label, ())
        reason = left_out.get(f"{label}.{name}", "")
        assert shown != bool(reason), f"{label}.{name}: show it in privacy/shown.py, or say why not in fields.toml"
        assert shown or len(reason) > 15


def test_nothing_is_shown_that_is_no_field() -> None:
    for label, names in SHOWN.items():
        assert set(names) <= set(register().entries[label].classes), label
        assert all(apps.get_model(label)._meta.get_field(name) for name in names)
    assert set(register().left_out) <= {f"{label}.{name}" for label, name in _asked()}


def test_every_model_that_is_said_to_be_shown_is_asked_for() -> None:
    folder = settings.BASE_DIR / "privacy"
    source = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py") if file.name != "shown.py")
    indirect = {"plans.PlanItem", "plans.FollowUp", "plans.Distribution", "cases.Household"}  # by their parents
    for label in SHOWN.keys() - indirect:
        assert f"{label.partition('.')[2]}.objects" in source or label in ("cases.Person", "cases.Forloeb", *LOOPED), (
            label
        )


def test_the_persons_own_data_is_all_there(family: Anton) -> None:
    mor = family.mor
    mor.phone, mor.address, mor.cpr, mor.cpr_index = "09 31 44 01", "Strandvejen 4", "6104891234", "x" * 64
    mor.accessibility, mor.interpreter = "Kommer helst om formiddagen", "polsk"
    mor.save()
    mor.phone = "09 31 44 02"
    mor.save()
    home = Household.objects.create(family=family.forloeb.family, label="Hos Sofie")
    Residence.objects.create(household=home, person=mor)
    DepartmentCase.objects.filter(person=mor).update(case_number="17-99")
    SmileyRating.objects.filter(person=mor).delete()
    SmileyRating.objects.create(meeting=family.meeting, person=mor, value=4, words="Det var godt")
    FollowUp.objects.create(
        agreement=PlanItem.objects.get(pk=_item(family, "Bestiller tid").pk), state="done", note="Tid den 3.",
        by=family.user("mette"),
    )  # fmt: skip
    told = words(family, mor)
    for word in (
        "Sofie", "610489-1234", "09 31 44 02", "09 31 44 01 (indtil", "Strandvejen 4", "formiddagen", "polsk", "Hos Sofie",
        "17-99", "Det var godt", "Bestiller tid hos egen læge", "Tid den 3.", "2026-0147", "Mette Lindskov", "På papir",
        "Helbred", "Møde 1", "Version 1",
    ):  # fmt: skip
        assert word in told, word


def test_C10_what_a_contact_may_be_called_about_is_told_by_its_topics(family: Anton) -> None:
    contact = {"about": [family.mor], "name": "Inger", "relation": "nabo", "said_by": family.mor}
    topics = [topic("helbred"), topic("fritid")]
    actions.add_contact(by=family.user("mette"), forloeb=family.forloeb, topics=topics, **contact)
    block = next(one for one in subject.sections(family.forloeb, family.mor) if one.title == "Netværket").blocks[0]
    assert ("Må kontaktes om", "Helbred, Fritid") in block.lines
    assert "Handler om" in dict(block.lines)


def _item(family: Anton, start: str) -> PlanItem:
    return next(one for one in PlanItem.objects.all() if one.text.startswith(start))


def test_nothing_about_others_C5(family: Anton) -> None:
    """Every note and item a person's Indsigt holds passes the sharing check, and is about them."""
    family.far.cpr, family.far.cpr_index, family.far.address = "6104891111", "y" * 64, "Engvej 9"
    family.far.phone = "09 31 77 77"
    family.far.save()
    consented(family.forloeb, family.far, [family.mor], ["helbred"], answer="no")
    note(family, "Kanariefugl far", about=[family.far], topic="helbred")
    note(family, "Kanariefugl begge", about=[family.far, family.mor], topic="helbred")
    SmileyRating.objects.filter(person=family.far).delete()
    SmileyRating.objects.create(meeting=family.meeting, person=family.far, value=1, words="Kanariefugl smiley")
    AgendaPoint.objects.create(
        meeting=family.meeting, text="Kanariefugl: Jens' gæld", raised_by_person=family.far, topic=topic("oekonomi")
    ).about.set([family.far])
    told = words(family, family.mor)
    for word in ("Kanariefugl", "6104891111", "610489-1111", "Engvej", "09 31 77 77", "praktik i et bageri"):
        assert word not in told, word
    basis = load_basis(family.forloeb)
    for person in family.people.values():
        told = words(family, person)
        reader = reader_of_person(person, family.forloeb.pk)
        for row in [*BoardNote.objects.all(), *PlanItem.objects.all()]:
            mine = person in row.about.all() or person.pk in (
                row.said_by_id,
                getattr(row, "responsible_person_id", None),
            )
            may = mine and may_see(reader, Facts.of(row), basis)
            same = [
                one for one in [*BoardNote.objects.all(), *PlanItem.objects.all()] if row.text and row.text in one.text
            ]
            if len(same) == 1 and row.text:
                assert (json.dumps(row.text, ensure_ascii=False)[1:-1] in told) == may, (person, row.text)


def test_names_of_those_one_may_not_know_of_are_taken_out(family: Anton) -> None:
    note(family, "Mor vil ringe til Jens Mikkelsen og jens' mor", about=[family.mor], topic="social")
    note(family, "Jeg savner Anton", about=[family.mor], topic="social", said_by=family.mor)
    told = words(family, family.mor)
    assert "Mor vil ringe til en anden og en andens mor" in told
    assert "Jeg savner Anton" in told, "her own words stand as she said them"
    told = told.replace('"hvad": "Jens Mikkelsen"', "")  # her own answer on her own declaration names him
    assert "Jens" not in told
    assert "Mikkelsen" not in told.replace("Anton Østergård Mikkelsen", "")
    consented(family.forloeb, family.far, [family.mor], ["social"])
    assert "Mor vil ringe til Jens Mikkelsen" in words(family, family.mor)


def test_ones_own_name_and_ordinary_words_stand_in_an_indsigt(family: Anton) -> None:
    """Of a family where all are called Østergård, and of one who is called Bo: the verb is nobody's name."""
    family.far.first_name, family.far.last_name = "Bo", "Østergård-Åkjær"
    family.far.save()
    note(family, "Hun vil helst bo i Ørbæk. Bo er enig", about=[family.mor], topic="social")
    told = words(family, family.mor)
    assert '"hvad": "Østergård-Åkjær"' in told or "Østergård-Åkjær" in told
    assert "Hun vil helst bo i Ørbæk. En anden er enig" in told
    assert "[navn]" not in told


def test_what_a_child_keeps_from_a_parent_leaves_no_trace_M8(family: Anton) -> None:
    before = words(family, family.mor)
    kept = note(family, "Vil helst bo hos far", about=[family.anton, family.mor], said_by=family.anton)
    kept.kept_from.add(family.mor)
    assert words(family, family.mor) == before
    assert "Vil helst bo hos far" in words(family, family.anton) or not may_see(
        reader_of_person(family.anton, family.forloeb.pk), Facts.of(kept), load_basis(family.forloeb)
    )


def test_C5_a_young_childs_paper_holds_nothing_that_a_parent_who_is_handed_it_may_not_have(family: Anton) -> None:
    """Anton was at the table when mother's health was spoken of. She has said no to father, who is handed Anton's paper."""
    said = note(family, "Kanariefugl: mor er syg", about=[family.anton, family.mor], topic="helbred")
    basis = load_basis(family.forloeb)
    assert may_see(reader_of_person(family.anton, family.forloeb.pk), Facts.of(said), basis)
    assert "Kanariefugl" not in words(family, family.anton)
    assert "Kanariefugl" in words(family, family.mor)
    consented(family.forloeb, family.mor, [family.far], ["helbred"])
    assert "Kanariefugl" in words(family, family.anton)


def test_C1_who_has_custody_of_a_child_and_signed_is_named_on_the_childs_own_paper(family: Anton) -> None:
    """It is about the child, and stands on the declaration that came into the same hands. Not so with who had it once."""
    consented(family.forloeb, family.anton, [family.louise])
    Custody.objects.create(
        child=family.anton, holder=family.ida, from_date=datetime.date(2020, 1, 1), to_date=datetime.date(2021, 1, 1)
    )

    def named(person: Person, label: str) -> set[str]:
        blocks = [block for section in subject.sections(family.forloeb, person) for block in section.blocks]
        lines = [line for block in [*blocks, *(under for one in blocks for under in one.under)] for line in block.lines]
        return {value for name, value in lines if name == label}

    both = {family.mor.name, family.far.name}
    assert named(family.anton, "Har forældremyndighed") == {*both, "en anden i familien"}
    assert named(family.anton, "Underskriver") == both
    assert named(family.far, "Har forældremyndighed") == {family.far.name}


def test_C5_a_free_text_is_as_secret_as_the_most_secret_thing_in_it(family: Anton) -> None:
    """Father has said yes to mother knowing of his health, not of what he drinks."""
    consented(family.forloeb, family.far, [family.mor], ["helbred"])
    HandOver.objects.create(
        forloeb=family.forloeb, from_participation=family.mette, to_participation=family.louise,
        by=family.user("mette"), on=datetime.date(2026, 10, 1),
        reason="Sofie siger, at Jens er indlagt efter et tilbagefald",
    )  # fmt: skip
    assert "tilbagefald" not in words(family, family.mor)
    consented(family.forloeb, family.far, [family.mor], ["misbrug"])
    assert "indlagt efter et tilbagefald" in words(family, family.mor)


def test_M8_a_copy_that_holds_only_what_is_kept_from_the_reader_since_is_not_told_of(family: Anton) -> None:
    """Its one line about mother comes from the board, where it is kept from her when the copies are made."""
    second_meeting(family)
    said = note(family, "Mor skal sove mere", about=[family.anton, family.mor], said_by=family.anton)
    version = start_version(by=family.referent, meeting=family.meeting)
    item = use_note(by=family.referent, version=version, note=said, kind=ItemKind.GOAL)
    copy = PlanCopy.objects.create(
        version=version, recipient=family.karen.recipient, recipient_label="Kanarieskolen", file=FrozenFile.objects.all()[0]
    )  # fmt: skip
    copy.items.set([item])
    assert "Kanarieskolen" in words(family, family.mor)
    said.kept_from.add(family.mor)
    assert "Kanarieskolen" not in words(family, family.mor)


def test_a_young_childs_protected_address_is_not_on_the_paper_C12(family: Anton) -> None:
    for person in (family.anton, family.mor):
        person.address, person.protected_address = "Hemmelig Allé 7", True
        person.save()
        person.address = "Hemmelig Gade 8"
        person.save()
    assert "Hemmelig" not in words(family, family.anton)
    assert "Hemmelig" in words(family, family.mor), "the person's own, handed to the person"


def test_other_forloeb_of_the_person_are_not_there(family: Anton) -> None:
    other = Forloeb.objects.create(
        number="2026-0777", family=family.forloeb.family, model_key="faelles_familier", need="Noget andet",
        start_checked_on=datetime.date(2026, 1, 1),
    )  # fmt: skip
    other.persons.create(person=family.mor, from_date=datetime.date(2026, 1, 1))
    told = words(family, family.mor)
    assert "2026-0777" not in told
    assert "Noget andet" not in told


@pytest.mark.real_papers
def test_pdf_and_json_hold_the_same_and_are_logged_C13(family: Anton, client: Client) -> None:
    client.force_login(family.user("mette"), backend="django.contrib.auth.backends.ModelBackend")
    at = [family.forloeb.pk, family.mor.pk]
    paper = client.get(reverse("privacy:subject_access_pdf", args=at))
    data = client.get(reverse("privacy:subject_access_json", args=at))
    assert paper.status_code == data.status_code == 200
    assert (
        "Indsigt - 2026-0147" in paper["Content-Disposition"]
        or "Indsigt%20-%202026-0147" in paper["Content-Disposition"]
    )
    assert paper["Cache-Control"] == "no-store"
    text, read = pdf_text(paper.content), data.json()
    assert read["dokument"] == "Fælles Familier – Indsigt"
    assert [one["afsnit"] for one in read["afsnit"]] == [
        one.title for one in subject.sections(family.forloeb, family.mor)
    ]
    for section in read["afsnit"]:
        assert section["afsnit"] in text
    assert "Bestiller tid hos egen læge" in text
    assert "»" not in paper["Content-Disposition"]
    rows = AccessLog.objects.about(family.mor).filter(kind__startswith="privacy:subject")
    assert {(row.kind, row.channel, row.role) for row in rows} == {
        ("privacy:subject_access_pdf", "pdf", "tovholder"),
        ("privacy:subject_access_json", "export", "tovholder"),
    }
    assert not AccessLog.objects.about(family.far).filter(kind__startswith="privacy:subject").exists()


@pytest.mark.parametrize(
    "name", ["people", "subject_access", "subject_access_pdf", "subject_access_json", "lookups", "lookups_pdf"]
)
def test_only_the_tovholder_gets_it_and_a_stranger_is_404(family: Anton, client: Client, name: str) -> None:
    args = [family.forloeb.pk, *([family.mor.pk] if name != "people" else [])]
    address = reverse(f"privacy:{name}", args=args)
    assert client.get(address).status_code == 302
    for who, status in (("karen", 403), ("mette", 200)):
        client.force_login(family.user(who), backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(address).status_code == status
    outsider = Person.objects.create(first_name="Liv", last_name="Uden For")
    if name != "people":
        assert client.get(reverse(f"privacy:{name}", args=[family.forloeb.pk, outsider.pk])).status_code == 404


def test_C6_that_the_forloeb_ended_for_want_of_anothers_consent_is_not_told(family: Anton) -> None:
    """Far has said yes. »Samtykke tilbagekaldt« would tell him that mor has not."""
    family.forloeb.state, family.forloeb.ended_on = ForloebState.ENDED, timezone.localdate()
    family.forloeb.end_reason = EndReason.CONSENT_WITHDRAWN
    family.forloeb.save()
    actions.withdraw(by=family.user("mette"), forloeb=family.forloeb, person=family.mor, receipt=False)
    assert "samtykke tilbagekaldt" not in words(family, family.far).lower()
    assert "samtykke tilbagekaldt" in words(family, family.mor).lower()
    family.forloeb.end_reason = EndReason.MOVED
    family.forloeb.save()
    assert "familien er flyttet" in words(family, family.far).lower()


def test_C6_declarations_are_numbered_by_the_persons_own(family: Anton) -> None:
    """Far declared after mor had done so three times: his is number one all the same."""
    assert Declaration.objects.get(person=family.far).sequence > 1
    assert "Erklæring 1" in words(family, family.far)
    assert not any(f"Erklæring {number}" in words(family, family.far) for number in range(2, 9))


def test_C6_the_papers_file_name_numbers_by_the_persons_own(family: Anton, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("consent.pdf.pdf.render", lambda *args, **kwargs: b"%PDF-1.7")
    given = Declaration.objects.get(person=family.far)
    client.force_login(family.user("mette"))
    actions.read_guidance(by=family.user("mette"))
    answer = client.get(reverse("consent:declaration_pdf", args=[given.pk]))
    assert "v1.pdf" in answer["Content-Disposition"]
    assert (
        "Nummer 1," in client.get(reverse("consent:person", args=[family.forloeb.pk, family.far.pk])).content.decode()
    )


def test_C5_a_function_that_names_a_half_sibling_is_not_read_to_who_may_not_know_of_her(
    family: Anton, client: Client
) -> None:
    """Karen is »klasselærer for Ida«, and Thomas »misbrugsbehandler for mor«; far may know of neither of the two.

    »misbrugsbehandler for en anden« would tell far of somebody in treatment: the whole function is left out.
    """
    family.karen.title = "klasselærer for Ida"
    family.karen.save()
    family.thomas.title = "misbrugsbehandler for mor"
    family.thomas.save()
    consented(family.forloeb, family.far, [family.thomas], ["fritid"])
    for name in ("karen", "thomas"):
        client.force_login(family.user(name))
        client.get(reverse("desk:forloeb", args=[family.forloeb.pk]))
    client.force_login(family.user("mette"))
    for route in ("subject_access_pdf", "subject_access_json", "lookups_pdf"):
        fars = client.get(reverse(f"privacy:{route}", args=[family.forloeb.pk, family.far.pk])).content.decode()
        assert family.karen.home in fars, route
        assert family.thomas.home in fars, route
        for word in ("lasselærer for", "Ida", "en anden", "isbrugsbehandler"):
            assert word not in fars, (route, word)
        mors = client.get(reverse(f"privacy:{route}", args=[family.forloeb.pk, family.mor.pk])).content.decode()
        assert "lasselærer for Ida" in mors, route
        assert "isbrugsbehandler for mor" in mors, route


def test_C5_C11_whom_was_talked_with_is_not_named_by_somebody_whom_the_reader_may_not_know_of(family: Anton) -> None:
    """»Bo, mors misbrugsbehandler«: who talked is told to far, whom with is not."""
    karen = family.user("karen")
    actions.read_guidance(by=karen)
    for what, whom in (
        ("Far", "Bo, mors misbrugsbehandler"),
        ("Far", "Lise fra klubben"),
        ("Mor", "Bo, mors behandler"),
    ):
        actions.log_exchange(by=karen, forloeb=family.forloeb, what=f"{what} henter Anton i skole", with_name=whom)
    fars = words(family, family.far)
    assert fars.count("Far henter Anton i skole") == 2
    assert "Lise fra klubben" in fars
    assert "misbrugsbehandler" not in fars
    assert "Bo, mors behandler" in words(family, family.mor)


def test_M9_a_young_childs_smiley_is_in_no_paper_that_a_parent_is_handed(family: Anton) -> None:
    """Also when the child said yes to be named: that was said to the tovholder."""
    SmileyRating.objects.all().delete()
    SmileyRating.objects.create(
        meeting=family.meeting, person=family.anton, value=1, words="Kanariefugl smiley", may_be_named=True
    )
    assert "Kanariefugl" not in str(subject.as_data(subject.sections(family.forloeb, family.anton)))
    SmileyRating.objects.update(person=family.mor)
    assert "Kanariefugl" in str(subject.as_data(subject.sections(family.forloeb, family.mor)))


def test_F5_why_the_tovholder_changed_is_told_to_whom_it_tells_of(family: Anton) -> None:
    mette, louise = family.staff["mette"], family.staff["louise"]
    HandOver.objects.create(
        forloeb=family.forloeb, from_participation=mette, to_participation=louise, by=mette.user,
        on=datetime.date(2026, 10, 1), reason="Sofie vil gerne have en anden tovholder",
    )  # fmt: skip
    assert "Sofie vil gerne have en anden tovholder" in words(family, family.mor)
    assert "Sofie vil gerne" not in words(family, family.far)
    assert "Du fik en ny tovholder" in words(family, family.far)
