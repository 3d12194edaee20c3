"""Ways round the sharing check that were open once: a name, a mark or a sentence that stood beside what was checked."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessLog
from cases import actions as cases
from cases.models import Custody, Participation
from consent import actions as consents
from consent.basis import load_basis
from consent.marking import topics_in_use
from consent.models import Topic
from consent.sharing import Reader
from desk.family import family_of
from meetings import actions as meetings
from meetings.models import Attendance
from plans import actions, front, marks, tree
from plans.desk import Desk
from plans.models import FollowUpState, ItemKind, PlanCopy
from plans.readers import addressees
from privacy import subject
from tests.consent.factories import START, consented
from tests.meetings.factories import note as board_note
from tests.meetings.factories import sitting
from tests.organisation.factories import ExternalPartyFactory
from tests.plans import factories
from web import triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def family():
    return factories.anton()


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_M8_a_note_stays_kept_from_somebody_the_writer_may_not_know_of():
    """Who mends a word must not, without seeing it, let a parent have what a child kept from them."""
    s = sitting(yes=("anna", "bo", "freja"))
    made = board_note(s, "Jeg sover dårligt", about=["freja"], said_by="freja", kept_from=["carl"], topic="helbred")
    fields = {"text": "Jeg sover meget dårligt", "said_by": s.person("freja").pk, "about": [s.person("freja").pk]}
    fields |= {"topic": made.topic_id, "column": made.column, "row_version": made.row_version}
    client = browser_of(s.tavle)
    page = client.get(reverse("meetings:note", args=[made.pk])).content.decode()
    assert "Carl" not in page
    assert client.post(reverse("meetings:note", args=[made.pk]), fields).status_code == 302
    made.refresh_from_db()
    assert made.text == "Jeg sover meget dårligt"
    assert list(made.kept_from.all()) == [s.person("carl")]


def test_C5_words_stay_with_who_said_them_when_the_writer_may_not_know_of_them():
    s = sitting(yes=("anna", "bo", "freja"))
    made = board_note(s, "Hun sover dårligt", about=["freja"], said_by="carl", topic="helbred")
    fields = {"text": "Hun sover meget dårligt", "said_by": "", "about": [s.person("freja").pk]}
    fields |= {"topic": made.topic_id, "column": made.column, "row_version": made.row_version}
    assert browser_of(s.tavle).post(reverse("meetings:note", args=[made.pk]), fields).status_code == 302
    made.refresh_from_db()
    assert made.said_by == s.person("carl")


def test_M8_a_young_childs_indsigt_holds_nothing_kept_from_the_parent_who_is_handed_it(family):
    """Anton is ten: his paper goes to a custody holder, so it holds no more than each of them may have."""
    told = factories.note(family, "Tør ikke sige det derhjemme", said_by=family.anton)
    told.kept_from.set([family.far])
    assert "Tør ikke sige det" not in json.dumps(
        subject.as_data(subject.sections(family.forloeb, family.anton)), ensure_ascii=False
    )
    family.anton.birth_date = timezone.localdate().replace(year=timezone.localdate().year - 16, day=1)
    family.anton.save()
    assert "Tør ikke sige det" in json.dumps(
        subject.as_data(subject.sections(family.forloeb, family.anton)), ensure_ascii=False
    ), "at sixteen the paper is Anton's own"


def test_C5_what_a_correction_corrects_is_told_only_to_who_may_have_it(family):
    """Far has a no from mor about her health: his paper says that a version is corrected, not what of hers."""
    first = factories.first_plan(family)
    draft = actions.start_correction(
        by=family.referent, version=first, correction="Sofies diagnose var skrevet forkert. Kanariefugl"
    )
    actions.finish(by=family.referent, version=draft)
    papers = {
        copy.recipient_label: bytes(copy.file.content).decode() for copy in PlanCopy.objects.filter(version=draft)
    }
    assert "Kanariefugl" in papers[family.mor.name]
    assert "Retter version 1" in papers[family.far.name]
    assert "Kanariefugl" not in papers[family.far.name]
    page = browser_of(family.user("karen")).get(reverse("plans:page", args=[draft.pk])).content.decode()
    assert "Kanariefugl" in page, "mor has said yes to the school"
    consented(family.forloeb, family.mor, [family.karen], ["helbred"], answer="no")
    page = browser_of(family.user("karen")).get(reverse("plans:page", args=[draft.pk])).content.decode()
    assert "Retter version 1" in page
    assert "Kanariefugl" not in page


def test_C5_who_said_it_on_the_board_is_not_named_in_the_plan_to_who_may_not_know_of_them(family):
    said = factories.note(family, "Jeg bager med Anton hver lørdag", said_by=family.far)
    version = actions.start_version(by=family.user("mette"), meeting=family.meeting)
    used = actions.use_note(by=family.user("mette"), version=version, note=said, kind=ItemKind.GOAL)
    actions.change_item(
        by=family.user("mette"), item=used, said_by=None, about=[family.anton], topic=said.topic, text="Anton bager"
    )
    basis = load_basis(family.forloeb)
    items = list(version.items.with_sources())

    def voice(reader):
        return tree.read(items, reader, basis).goals[0].line.voice

    assert voice(Reader(family.mette.recipient)).who == "Jens"
    assert "Jens" not in voice(Reader(family.louise.recipient)).who


def test_C5_a_follow_up_is_shown_with_the_agreement_it_was_said_about_or_not_at_all(family):
    first = factories.first_plan(family)
    told = actions.follow_up(
        by=family.user("mette"), agreement=factories.item(first, "Følger"), state=FollowUpState.NOT_YET, note="Kanarie"
    )
    draft = factories.second_plan(family)
    new = factories.item(draft, "Følger")
    actions.change_item(
        by=family.user("mette"), item=new, responsible=family.karen, about=[family.anton], topic=new.topic
    )
    standing = _standing(family, "mette")
    assert told in [row.follow_up for row in Desk(draft, standing).context()["since"]]
    seen = Desk(draft, _standing(family, "louise")).context()["since"]
    assert [row for row in seen if row.item.pk == new.pk], "Louise has a yes about Anton"
    assert told not in [row.follow_up for row in seen], "but none about far, whom the old agreement was about"


def _standing(family, name):
    from cases.access import standing_of

    return standing_of(family.user(name), family.forloeb)


def test_C5_the_family_list_names_nobody_as_somebodys_relative_or_custody_holder(family):
    """Louise knows Anton and Sofie, not Jens and not Ida: neither stands in what is told of the others."""
    basis = load_basis(family.forloeb)
    lines = family_of(Reader(family.louise.recipient), basis, keeps_all=False).lines
    told = " ".join(f"{line.person.name} {line.facts}" for line in lines)
    assert "Sofie" in told
    assert "mor til Anton" in told or "mor" in told
    assert "Jens" not in told
    assert "Ida" not in told
    tovholder = family_of(Reader(family.mette.recipient), basis, keeps_all=True).lines
    assert "mor til Anton og Ida" in " ".join(line.facts for line in tovholder)
    page = browser_of(family.user("louise")).get(reverse("cases:people", args=[family.forloeb.pk])).content.decode()
    assert "Ida" not in page
    assert "Jens" not in page


def test_C5_the_front_page_names_nobody_as_somebodys_relative(family):
    """Mor lets far know that she takes part, and he is not to read Ida's name in what she is."""
    consented(family.forloeb, family.mor, [family.far], ["familie"])
    version = factories.first_plan(family, finished=False)
    page = front.compose(version, list(version.items.with_sources()))
    basis = load_basis(family.forloeb)
    far = next(one for one in addressees(family.forloeb, basis) if one.person == family.far)
    cut = json.dumps(front.for_reader(page, far.reader, basis).members, ensure_ascii=False)
    assert "Sofie" in cut
    assert "Ida" not in cut


def test_C5_why_a_meeting_was_cancelled_names_only_whom_the_reader_may_know_of(family):
    meeting = factories.meeting_of(family.forloeb, 2, timezone.localdate(), family.staff, family.people, held=False)
    meetings.cancel_meeting(by=family.user("mette"), meeting=meeting, reason="Jens er indlagt")
    address = reverse("meetings:page", args=[meeting.pk])
    assert "Jens er indlagt" in browser_of(family.user("mette")).get(address).content.decode()
    assert "Jens er indlagt" not in browser_of(family.user("louise")).get(address).content.decode()


def needs(family, text):
    """The need of the start, as the tovholder's department wrote it."""
    family.forloeb.need, family.forloeb.need_by = text, family.staff["mette"].recipient
    family.forloeb.save()


def reads(family, who, text):
    address = reverse("desk:forloeb", args=[family.forloeb.pk])
    return text in browser_of(family.user(who)).get(address).content.decode()


def test_C5_the_need_of_the_forloeb_names_only_whom_the_reader_may_know_of(family):
    needs(family, "Jens kommer i praktik")
    assert reads(family, "mette", "Jens kommer i praktik")
    assert not reads(family, "louise", "Jens kommer i praktik")


def test_C5_the_need_of_the_forloeb_is_judged_by_its_topic_too(family):
    """The school may know of Anton, and about his school; not about what costs money at home."""
    for need, seen in (("Anton trives i skolen", True), ("Familien kommer af med gælden", False)):
        needs(family, need)
        assert reads(family, "mette", need)
        assert reads(family, "karen", need) == seen, need


def test_C5_F5_whoever_takes_over_from_another_department_reads_what_the_consents_say(family):
    """What the former tovholder's department wrote is its own; the new one's lacks the yes to it."""
    needs(family, "Jens kommer i praktik")
    meeting = factories.meeting_of(family.forloeb, 2, timezone.localdate(), family.staff, family.people, held=False)
    meetings.change_meeting(by=family.user("mette"), meeting=meeting, purpose="Jens er indlagt")
    thomas = family.staff["thomas"]
    cases.hand_over(
        by=family.user("mette"),
        forloeb=family.forloeb,
        to_user=thomas.user,
        to_department=thomas.department,
        reason="ferie",
    )
    assert not reads(family, "thomas", "Jens kommer i praktik")
    client = browser_of(thomas.user)
    for name in ("page", "change"):
        assert "Jens er indlagt" not in client.get(reverse(f"meetings:{name}", args=[meeting.pk])).content.decode()
    asked = client.get(reverse("meetings:change", args=[meeting.pk])).context["form"]
    assert "bliver stående" in asked["purpose"].help_text
    form = {name: asked[name].value() for name in asked.fields} | {"place": "Rådhuset", "once": ""}
    form |= {"day": "1.12.2027", "starts": "14.00", "ends": "15.00", "pre_meeting": "", "interpreter": ""}
    assert client.post(reverse("meetings:change", args=[meeting.pk]), form).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.place, meeting.purpose) == ("Rådhuset", "Jens er indlagt"), "what is hidden stays"
    meetings.change_meeting(by=thomas.user, meeting=meeting, purpose="Jens skal i praktik")
    page = client.get(reverse("meetings:page", args=[meeting.pk])).content.decode()
    assert "Jens skal i praktik" in page, "one's own words"


def copy_of(family, who):
    return PlanCopy.objects.get(version__plan__forloeb=family.forloeb, recipient=family.staff[who].recipient)


def fetch(family, who):
    return browser_of(family.user(who)).get(reverse("plans:copy", args=[copy_of(family, who).pk]))


def test_C5_C7_a_copy_that_names_a_person_only_on_its_front_page_is_shut_when_that_consent_goes(family):
    """Nothing in the plan is about Ida, but the school's copy says that she is of the family."""
    consented(family.forloeb, family.ida, [family.staff["karen"].department], ["fritid"])
    factories.first_plan(family)
    assert fetch(family, "karen").status_code == 200
    row = AccessLog.objects.filter(kind="plans:copy").latest("seq")
    assert str(family.ida.pk) in row.subjects, "and whom it tells about is logged (C13)"
    consents.withdraw(by=family.user("mette"), forloeb=family.forloeb, person=family.ida, receipt=False)
    assert fetch(family, "karen").status_code == 403
    page = browser_of(family.user("karen")).get(reverse("plans:page", args=[copy_of(family, "karen").version_id]))
    assert reverse("plans:copy", args=[copy_of(family, "karen").pk]) not in page.content.decode()


def test_C5_C7_a_copy_with_a_note_is_shut_when_what_the_note_tells_may_not_be_had_any_more(family):
    """Why far left early stands on the front page: it tells of his health, and nothing else in the copy does."""
    row = Attendance.objects.get(meeting=family.meeting, person=family.far)
    row.note = "Jens var syg"
    row.save()
    karen = family.staff["karen"].department
    consented(family.forloeb, family.far, [karen], ["helbred", "familie"])
    factories.first_plan(family)
    assert "Jens var syg" in copy_of(family, "karen").file.content.decode()
    assert fetch(family, "karen").status_code == 200
    health = Topic.objects.get(key="helbred")
    consents.withdraw(
        by=family.user("mette"), forloeb=family.forloeb, person=family.far, topics=[health], receipt=False
    )
    mine = copy_of(family, "karen").items.all()
    assert not mine.filter(topic=health, about=family.far).exists()
    assert fetch(family, "karen").status_code == 403


def test_C5_a_copy_from_before_its_front_page_was_kept_is_rather_shut_than_open(family):
    factories.first_plan(family)
    old = copy_of(family, "karen")
    assert fetch(family, "karen").status_code == 200
    with triggers.lifted():
        PlanCopy.objects.filter(pk=old.pk).update(beside="")
    assert fetch(family, "karen").status_code == 403, "the school may not know of Ida, who may have stood in it"
    assert fetch(family, "mette").status_code == 200


@pytest.mark.parametrize("name", ["desk:forloeb", "cases:participants"])
def test_C5_an_employees_function_names_only_whom_the_reader_may_know_of(family, name):
    """»Klasselærer for Ida« tells Job og Fastholdelse of Ida, of whom it may not know."""
    family.staff["karen"].title = "klasselærer for Ida"
    family.staff["karen"].save()
    address = reverse(name, args=[family.forloeb.pk])
    assert "klasselærer for Ida" in browser_of(family.user("mette")).get(address).content.decode()
    page = browser_of(family.user("thomas")).get(address).content.decode()
    assert "Karen Ullerup" in page
    assert "Ida" not in page


def test_C5_a_point_about_several_stands_in_an_indsigt_only_by_the_consent_of_each(family):
    """Far raised it, but it is about mor too, and she has said no to him about her health."""
    point = {"by": family.user("mette"), "raised_by_person": family.far}
    meeting = factories.meeting_of(family.forloeb, 2, timezone.localdate(), family.staff, family.people, held=False)
    meetings.add_agenda_point(meeting=meeting, text="Kanariefugl: min praktik", **point)
    meetings.add_agenda_point(meeting=meeting, text="Solsort: Sofies medicin", **point)
    told = json.dumps(subject.as_data(subject.sections(family.forloeb, family.far)), ensure_ascii=False)
    assert "Kanariefugl" in told
    assert "Solsort" not in told
    told = json.dumps(subject.as_data(subject.sections(family.forloeb, family.anton)), ensure_ascii=False)
    assert "Kanariefugl" not in told, "it is not about him"


@pytest.mark.parametrize("name", ["subject_access_pdf", "subject_access_json"])
def test_C12_an_indsigt_names_the_clues_to_a_protected_address_before_it_is_made(name):
    """Bo's own data hold where Anna is: a place on the board. And Viggo's paper comes into his father's hands."""
    s = sitting()
    anna, bo, freja = (s.person(who) for who in ("anna", "bo", "freja"))
    anna.address, anna.protected_address = "Kanariehøj 17, 5800 Storebælt", True
    anna.save()
    Custody.objects.get_or_create(child=s.person("viggo"), holder=bo)
    board_note(s, "Bo henter på Kanariehøj 17", about=["bo"], topic="familie")
    board_note(s, "Viggo leger på Kanariehøj", about=["viggo"], topic="familie")
    client = browser_of(s.tovholder)

    def of(person):
        return reverse(f"privacy:{name}", args=[s.case.forloeb.pk, person.pk])

    for person in (bo, s.person("viggo")):
        page = client.get(of(person))
        assert "attachment" not in page.headers.get("Content-Disposition", "")
        assert "Spor til en beskyttet adresse" in page.content.decode()
        assert bo.name in page.content.decode()
        assert "Kanariehøj" in page.content.decode()
    made = client.get(of(anna))
    assert made["Content-Disposition"].startswith("attachment"), "nobody is protected from oneself"
    confirmed = re.search(r'name="spor" value="(\w+)"', client.get(of(bo)).content.decode())
    made = client.post(of(bo), {"spor": confirmed[1]})
    assert made["Content-Disposition"].startswith("attachment")
    assert client.post(of(bo), {"spor": "0" * 16}).status_code == 422
    assert client.get(of(freja))["Content-Disposition"].startswith("attachment")


def test_C5_a_note_that_tells_more_than_its_agreement_is_not_the_one_whose_agreement_it_is(family):
    """The school meets Anton at the door, and may know nothing of what far drinks; what it wrote itself it may read."""
    first = factories.first_plan(family)
    agreement = factories.item(first, "Møder Anton")
    follow = {"agreement": agreement, "state": FollowUpState.NOT_YET}
    actions.follow_up(by=family.user("mette"), note="Kanariefugl: Jens drikker", **follow)
    actions.follow_up(by=family.user("mette"), note="Solsort: det gik ikke", **follow)
    actions.follow_up(by=family.user("karen"), note="Rødhals: Jens drikker", **follow)
    page = browser_of(family.user("karen")).get(reverse("plans:page", args=[first.pk])).content.decode()
    assert "Kanariefugl" not in page
    assert "Noten er udeladt: samtykke mangler" in page
    assert "Solsort" in page, "it tells no more than the agreement, which is the school's"
    assert "Rødhals" in page, "one's own words"


def test_C5_a_note_that_tells_what_its_agreement_does_is_its_writers_all_the_same(family):
    """»Anton kom hver dag« under the school's agreement about Anton is no word of the school's: it takes a yes."""
    first = factories.first_plan(family)
    agreement, basis, topics = factories.item(first, "Møder Anton"), load_basis(family.forloeb), topics_in_use()
    for note in ("Anton kom hver dag", "Det gik fint i skolen"):
        assert marks.facts_of_words(agreement, note, basis, topics).contributed_by == "", note
    assert marks.facts_of_words(agreement, "Det gik ikke", basis, topics).contributed_by == family.karen.recipient


def test_C5_who_writes_the_plan_reads_why_only_when_they_may_have_what_it_tells(family):
    """Mor says no to the referent about her health: the note the tovholder wrote is hidden, and stays as it is."""
    factories.first_plan(family)
    draft = factories.second_plan(family)
    line = factories.item(draft, "Møder Anton")
    actions.set_outcome(by=family.user("mette"), item=line, outcome="partly", note="Sofie er syg")
    address = reverse("plans:edit", args=[draft.pk])
    louise = browser_of(family.referent)
    assert "Sofie er syg" in louise.get(address).content.decode()
    consented(family.forloeb, family.mor, [family.louise], ["helbred"], answer="no")
    page = louise.get(address).content.decode()
    assert "Sofie er syg" not in page
    assert "Bemærkningen er udeladt: samtykke mangler. Den bliver stående, som den er." in page
    assert f"note-{line.pk}" not in page
    line.refresh_from_db()
    louise.post(address, {f"w-{line.pk}": line.row_version, f"outcome-{line.pk}": "done", "do": "save"})
    line.refresh_from_db()
    assert (line.outcome, line.outcome_note) == ("done", "Sofie er syg")


def test_C5_P6_the_referent_carries_no_copy_that_says_what_an_external_is_called(family):
    """Mor lets the psychiatry have it, and has not been asked whether the referent may know of her treatment."""
    party = ExternalPartyFactory(name="Psykiatrien")
    outside = Participation.objects.create(
        forloeb=family.forloeb, external=party, external_name="Sofies misbrugsbehandler", from_date=START
    )
    consented(family.forloeb, family.mor, [outside, family.far], ["misbrug", "skole"])
    consented(family.forloeb, family.anton, [outside], ["skole"])
    version = factories.first_plan(family, finished=False)
    agreement = factories.item(version, "Møder Anton")
    actions.change_item(
        by=family.referent, item=agreement, responsible=outside, about=[family.anton], topic=agreement.topic
    )
    actions.finish(by=family.referent, version=version)
    copy = PlanCopy.objects.get(version=version, recipient=outside.recipient)
    address = reverse("plans:copy", args=[copy.pk])
    assert "misbrugsbehandler" in copy.file.content.decode()
    consented(family.forloeb, family.mor, [family.louise], ["misbrug"], answer="no")
    assert browser_of(family.referent).get(address).status_code == 403
    assert browser_of(family.user("mette")).get(address).status_code == 200
