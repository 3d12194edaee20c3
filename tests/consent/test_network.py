"""C10: the network list through the sharing check, and Kontaktliste without protected data (C12)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consent import actions, contact_list
from consent.basis import load_basis
from consent.models import NetworkContact, Topic
from consent.network import network_for
from consent.sharing import Reader
from documents import pdf
from tests.consent.factories import consented
from tests.consent.test_clues import shelter
from tests.meetings.factories import Sitting, refuse, sitting
from web.danish import danish_sorted
from web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(db: None) -> Sitting:
    return sitting()


def topics(*keys: str) -> list[Topic]:
    return list(Topic.objects.filter(key__in=keys))


def add(s: Sitting, name: str = "Inger Bæk", *keys: str, **kwargs: object) -> NetworkContact:
    anna = s.case.people["anna"]
    values = {"about": [anna], "relation": "mormor", "said_by": anna, "phone": "09 31 88 12", **kwargs}
    wanted = topics(*(keys or ("skole", "fritid")))
    return actions.add_contact(by=s.tovholder, forloeb=s.case.forloeb, name=name, topics=wanted, **values)  # type: ignore[arg-type]


def names(s: Sitting, reader: Reader) -> list[str]:
    found = network_for(s.case.forloeb, reader, load_basis(s.case.forloeb))
    return [line.contact.name for line in found.lines]


def words(s: Sitting, reader: Reader) -> str:
    found = contact_list.build(s.case.forloeb, reader)
    return pdf.words(
        contact_list.TEMPLATE, {"list": found, "reader": "x", "meeting_label": ""}, title=contact_list.TITLE
    )


def test_C10_a_contact_reaches_those_the_person_said_yes_to_about_what_they_said_yes_to(s: Sitting) -> None:
    add(s)
    job, teacher = Reader(s.members["job"].recipient), Reader(s.members["teacher"].recipient)
    assert names(s, job) == names(s, teacher) == ["Inger Bæk"]
    refuse(s, "anna", s.members["job"], "fritid")
    found = network_for(s.case.forloeb, job, load_basis(s.case.forloeb))
    assert [line.subjects for line in found.lines] == ["skole og dagtilbud"]
    refuse(s, "anna", s.members["job"], "skole")
    found = network_for(s.case.forloeb, job, load_basis(s.case.forloeb))
    assert (found.lines, found.left_out) == ([], 1)
    refuse(s, "anna", s.members["teacher"], "familie")  # that Inger is her mother is knowledge about the family
    assert names(s, teacher) == []


def shown(s: Sitting, client, user) -> str:
    client.force_login(user)
    return client.get(reverse("consent:network", args=[s.case.forloeb.pk])).content.decode()


def test_C10_C5_a_note_reaches_those_who_may_have_what_its_words_tell(client) -> None:
    """The contact is Freja's; the note tells of her father, whom the school may not know of."""
    s = sitting(yes=("freja",))
    freja = s.person("freja")
    add(s, "Hans", about=[freja], said_by=freja, note="Bo er i misbrugsbehandling, ring ikke til ham")
    add(s, "Grete", about=[freja], said_by=freja, note="Helst om aftenen")
    page = shown(s, client, s.teacher)
    assert "Hans" in page
    assert "Helst om aftenen" in page
    assert "misbrugsbehandling" not in page
    assert page.count("Bemærkningen er udeladt: samtykke mangler.") == 1
    consented(s.case.forloeb, s.person("bo"), [s.members["teacher"]], ["misbrug"])
    assert "misbrugsbehandling" in shown(s, client, s.teacher)
    refuse(s, "freja", s.members["teacher"], "misbrug")
    assert "misbrugsbehandling" not in shown(s, client, s.teacher), "it stands at her contact, and so is hers too"


def test_C10_C5_a_name_or_a_relation_reaches_those_who_may_have_what_it_tells(client) -> None:
    """The contacts are Freja's; what they are called tells of her mother, whom the school may not know of."""
    s = sitting(yes=("freja",))
    freja, teacher = s.person("freja"), s.members["teacher"]
    add(s, "Karin Holm", about=[freja], said_by=freja, relation="mors misbrugskonsulent", phone="09 31 88 15")
    add(s, "Annas søster", about=[freja], said_by=freja, relation="moster")
    add(s, "Anna Holm", about=[freja], said_by=freja, relation="nabo")

    def read() -> tuple[str, str]:
        return shown(s, client, s.teacher), words(s, Reader(teacher.recipient))

    for text in read():
        assert "misbrugskonsulent" not in text
        assert "Annas søster" not in text
        assert "hører til Freja" in text
        assert "En i netværket" in text
        assert "Anna Holm" in text, "another Anna than the mother"
        assert "er udeladt: samtykke mangler." in text
    assert "mors misbrugskonsulent til Freja" in shown(s, client, s.tovholder)
    page = read()[0]
    assert "Relationen er udeladt: samtykke mangler." in page
    assert "Navnet er udeladt: samtykke mangler." in page
    assert "udeladt" not in words(s, Reader.of_person(freja.pk)), "the family is given no hint"
    consented(s.case.forloeb, s.person("anna"), [teacher], ["familie"])
    for text in read():
        assert "Annas søster" in text
        assert "misbrugskonsulent" not in text, "to know of her is not to know that"
    consented(s.case.forloeb, s.person("anna"), [teacher], ["misbrug"])
    for text in read():
        assert "mors misbrugskonsulent til Freja" in text
    refuse(s, "freja", teacher, "misbrug")
    for text in read():
        assert "misbrugskonsulent" not in text, "it is her contact, and so hers too"


def test_C5_who_makes_the_paper_reads_no_more_by_it(s: Sitting) -> None:
    """Freja's list holds what she may have; the school, which hands it out, may not know of Carl's treatment."""
    freja, carl = s.person("freja"), s.person("carl")
    consented(s.case.forloeb, carl, [freja])
    add(s, "Karin Holm", about=[freja], said_by=freja, relation="Carls misbrugskonsulent")
    teacher, own = Reader(s.members["teacher"].recipient), Reader.of_person(freja.pk)
    refuse(s, "carl", s.members["teacher"], "misbrug")
    lists = [contact_list.build(s.case.forloeb, own, by) for by in (Reader(s.members["job"].recipient), teacher)]
    assert [one.network[0].place for one in lists] == ["Carls misbrugskonsulent til Freja", "hører til Freja"]


def test_C5_what_the_tovholder_may_not_read_of_a_contact_stays_when_they_change_it(client) -> None:
    s = sitting()
    freja = s.person("freja")
    row = add(s, "Karin Holm", about=[freja], said_by=freja, relation="Carls misbrugskonsulent", note="Carl drikker")
    refuse(s, "carl", s.members["unge"], "misbrug")
    client.force_login(s.tovholder)
    url = reverse("consent:contact", args=[row.pk])
    page = client.get(url).content.decode()
    assert "Karin Holm" in page
    assert "misbrugskonsulent" not in page
    assert "drikker" not in page
    assert "Det bliver stående, som det er." in page
    data = {"about": [freja.pk], "name": "Karin Holm-Bech", "said_by": freja.pk, "said_on": "1.11.2026"}
    data |= {"topics": [one.pk for one in topics("skole")], "row_version": row.row_version}
    assert client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.relation, row.note) == ("Karin Holm-Bech", "Carls misbrugskonsulent", "Carl drikker")


def test_C10_the_list_asks_the_same_for_one_contact_and_for_ten(s: Sitting, django_assert_num_queries) -> None:
    reader, basis = Reader(s.members["teacher"].recipient), load_basis(s.case.forloeb)
    freja = s.person("freja")
    for number in range(10):
        add(s, f"Karin {number}", about=[freja], said_by=freja, relation="Annas misbrugskonsulent")
        if number in (0, 9):
            with django_assert_num_queries(4):
                network_for(s.case.forloeb, reader, basis)


def test_C10_C5_who_said_it_is_named_to_those_who_may_know_of_them(client) -> None:
    s = sitting(yes=("freja",))
    add(s, "Hans", about=[s.person("freja")], said_by=s.person("bo"))
    page = shown(s, client, s.teacher)
    assert "Hans" in page
    assert "Det blev sagt" in page
    assert "Bo sagde det" not in page
    assert "Bo sagde det" in shown(s, client, s.tovholder)
    consented(s.case.forloeb, s.person("bo"), [s.members["teacher"]], ["fritid"])
    assert "Bo sagde det" in shown(s, client, s.teacher)


def test_C10_only_those_who_were_given_leave_are_told_whom_to_call(s: Sitting) -> None:
    add(s, may_call=[s.members["teacher"].recipient])
    assert names(s, Reader(s.members["teacher"].recipient)) == ["Inger Bæk"]
    found = network_for(s.case.forloeb, Reader(s.members["job"].recipient), load_basis(s.case.forloeb))
    assert (found.lines, found.left_out) == ([], 0)


def test_C10_M8_a_contact_kept_from_a_parent_leaves_no_gap(s: Sitting) -> None:
    bo = s.case.people["bo"]
    add(s, about=[s.case.people["freja"]], said_by=s.case.people["freja"], kept_from=[bo])
    found = network_for(s.case.forloeb, Reader.of_person(bo.pk), load_basis(s.case.forloeb))
    assert (found.lines, found.left_out) == ([], 0)


def test_C10_the_tovholder_alone_writes_and_the_answers_are_asked_for(s: Sitting) -> None:
    with pytest.raises(Refused, match="tovholder"):
        actions.add_contact(
            by=s.teacher, forloeb=s.case.forloeb, about=[s.case.people["anna"]], name="X", relation="y",
            topics=topics("skole"), said_by=s.case.people["anna"],
        )  # fmt: skip
    with pytest.raises(ValidationError) as asked:
        add(s, "Inger", "findes-ikke")
    assert "topics" in asked.value.message_dict
    with pytest.raises(ValidationError):
        add(s, about=[])
    gone = actions.end_contact(by=s.tovholder, contact=add(s))
    assert names(s, Reader(s.members["job"].recipient)) == []
    with pytest.raises(Refused):
        actions.end_contact(by=s.tovholder, contact=gone)


def test_C10_the_page_adds_changes_and_keeps_what_was_typed(s: Sitting, client) -> None:
    client.force_login(s.tovholder)
    url = reverse("consent:network", args=[s.case.forloeb.pk])
    anna = s.case.people["anna"]
    data = {"about": [anna.pk], "name": "Inger Bæk", "relation": "mormor", "said_by": anna.pk, "said_on": "1.11.2026"}
    bad = client.post(url, data)
    assert bad.status_code == 422
    assert 'value="Inger Bæk"' in bad.content.decode()
    skole = Topic.objects.get(key="skole").pk
    assert client.post(url, {**data, "topics": [skole]}).status_code == 302
    contact = NetworkContact.objects.get()
    assert "Inger Bæk" in client.get(url).content.decode()
    change = reverse("consent:contact", args=[contact.pk])
    version = contact.row_version
    contact.kept_from.set([s.case.people["bo"]])
    ticked = client.get(change).context["form"]["kept_from"].value()
    assert ticked == [str(s.case.people["bo"].pk)], "M8: a change of words drops nothing kept"
    changed = {**data, "topics": [skole], "name": "Inger B", "row_version": version, "kept_from": ticked}
    assert client.post(change, changed).status_code == 302
    assert [one.first_name for one in contact.kept_from.all()] == ["Bo"]
    stale = client.post(change, {**data, "topics": [skole], "name": "Inger C", "row_version": version})
    assert stale.status_code == 422
    assert "En anden har rettet" in stale.content.decode()
    client.force_login(s.teacher)
    assert "Inger B" in client.get(url).content.decode()
    assert client.get(change).status_code == 403
    assert client.post(url, data).status_code == 403


def test_C12_the_contact_list_never_holds_protected_data(s: Sitting) -> None:
    shelter(s)
    people = s.case.people
    people["viggo"].phone = "09 31 55 55"
    people["viggo"].save()
    consented(s.case.forloeb, people["anna"], [people["bo"]])
    for reader in (Reader.of_person(people["bo"].pk), Reader(s.members["psyk"].recipient)):
        text = words(s, reader)
        assert "Anna Bæk" in text
        for secret in ("09 31 61 01", "Kanariehøj", "09 31 55 55"):
            assert secret not in text
        assert "Ring til tovholderen" in text
    for reader in (Reader(s.members[name].recipient) for name in ("job", "teacher", "unge")):
        text = words(s, reader)
        assert "Anna Bæk" in text
        assert not [secret for secret in ("09 31 61 01", "Kanariehøj", "09 31 55 55") if secret in text]


def test_C6_a_family_members_contact_list_gives_no_hint(s: Sitting) -> None:
    add(s)
    refuse(s, "anna", s.case.people["bo"])
    refuse(s, "anna", s.members["job"])
    text = words(s, Reader.of_person(s.case.people["bo"].pk))
    assert "Inger" not in text
    assert "Anna" not in text
    assert "udeladt" not in text
    assert "udeladt" in words(s, Reader(s.members["job"].recipient))


def test_C10_an_adult_of_the_family_gets_their_own_network_and_nobody_elses(s: Sitting) -> None:
    """All of them have said yes to each other about everything; that is no leave to ring somebody's mother."""
    people = s.case.people
    teacher = [s.members["teacher"].recipient]
    add(s, "Inger Bæk", may_call=teacher)
    add(s, "Ole Træner", about=[people["freja"]], said_by=people["bo"], may_call=teacher, phone="09 31 88 13")
    add(s, "Farmor Else", about=[people["bo"]], said_by=people["freja"], phone="09 31 88 14")
    printed = {
        name: {one for one in ("Inger Bæk", "Ole Træner", "Farmor Else") if one in words(s, reader)}
        for name, reader in {
            **{name: Reader.of_person(people[name].pk) for name in ("anna", "bo", "carl", "freja")},
            **{name: Reader(s.members[name].recipient) for name in ("teacher", "job")},
        }.items()
    }
    assert printed == {
        "anna": {"Inger Bæk"},
        "bo": {"Ole Træner", "Farmor Else"},
        "carl": set(),
        "freja": {"Ole Træner"},  # Bo's is said by her, but she may not know of it: he has not said yes to her
        "teacher": {"Inger Bæk", "Ole Træner", "Farmor Else"},
        "job": {"Farmor Else"},
    }
    assert "09 31 88 12" not in words(s, Reader.of_person(people["bo"].pk))


def test_C10_what_is_about_somebody_else_too_still_needs_their_yes(s: Sitting) -> None:
    people = s.case.people
    add(s, about=[people["anna"], people["freja"]], said_by=people["bo"])
    assert "Inger" in words(s, Reader.of_person(people["bo"].pk))
    refuse(s, "anna", people["bo"])
    assert "Inger" not in words(s, Reader.of_person(people["bo"].pk))


def test_C10_the_paper_is_the_readers_own_and_others_are_made_by_the_tovholder(s: Sitting, client) -> None:
    add(s, "Jens på Kanariehøj", note="")
    shelter(s)
    forloeb = s.case.forloeb
    own = reverse("consent:contacts_pdf", args=[forloeb.pk, s.members["teacher"].recipient.replace(":", "-", 1)])
    psyk = reverse("consent:contacts_pdf", args=[forloeb.pk, s.members["psyk"].recipient.replace(":", "-", 1)])
    client.force_login(s.teacher)
    assert client.get(own)["Content-Type"] == "application/pdf"
    assert client.get(psyk).status_code == 403
    assert client.get(own.replace("d-", "d-0", 1)).status_code == 404
    client.force_login(s.tovholder)
    asked = client.get(psyk)  # the external's list names a clue, in the contact's name
    assert "»Kanariehøj«" in asked.content.decode()
    paper = client.post(psyk, {"spor": asked.context["confirmed"]})
    assert paper["Content-Type"] == "application/pdf"
    meeting = reverse("meetings:contacts_pdf", args=[s.meeting.pk, s.members["unge"].recipient.replace(":", "-", 1)])
    assert "Kontaktliste" in client.get(meeting)["Content-Disposition"]


def test_C5_a_function_that_names_a_child_stands_there_for_who_may_know_of_the_child() -> None:
    s = sitting(yes=("anna", "bo"))
    row = s.members["psyk"]
    row.title = "behandler for Freja"
    row.save()
    assert "Behandler for freja" not in words(s, Reader.of_person(s.person("carl").pk))
    assert "Behandler for freja" in words(s, Reader.of_person(s.person("freja").pk))


def test_C10_M8_whom_a_child_named_is_kept_from_a_parent_on_the_page_that_writes_it(s: Sitting, client) -> None:
    client.force_login(s.tovholder)
    url = reverse("consent:network", args=[s.case.forloeb.pk])
    bo, freja = s.person("bo"), s.person("freja")
    data = {
        "about": [freja.pk],
        "name": "Sara Holm",
        "relation": "veninde",
        "said_by": freja.pk,
        "said_on": "1.11.2026",
    }
    data |= {"topics": [one.pk for one in topics("skole")]}
    own = client.post(url, {**data, "kept_from": [freja.pk]})
    assert own.status_code == 422
    assert "Det kan ikke holdes fra den, der selv sagde det." in own.content.decode()
    assert client.post(url, {**data, "kept_from": [bo.pk]}).status_code == 302
    assert "Holdes fra Bo" in client.get(url).content.decode()
    assert "Sara Holm" not in words(s, Reader.of_person(bo.pk))
    row = NetworkContact.objects.get()
    opened = {**data, "row_version": row.row_version}
    assert client.post(reverse("consent:contact", args=[row.pk]), opened).status_code == 302
    assert not row.kept_from.exists(), "nobody ticked: it is kept from nobody any more"
    assert "Holdes fra" not in client.get(url).content.decode()


def test_C10_C5_the_writer_is_told_that_a_contacts_words_name_another(s: Sitting, client) -> None:
    client.force_login(s.tovholder)
    url = reverse("consent:network", args=[s.case.forloeb.pk])
    freja = s.person("freja")
    data = {"about": [freja.pk], "name": "Rikke Holm", "relation": "Carls søster", "said_by": freja.pk}
    data |= {"said_on": "1.11.2026", "topics": [one.pk for one in topics("skole")]}
    page = client.post(url, {**data, "note": "Ring, når mor ikke er hjemme"}, follow=True).content.decode()
    assert "Teksten nævner Anna og Carl. Den vises kun for dem, der også må vide det om Anna og Carl." in page
    plain = {**data, "name": "Grete", "relation": "nabo", "note": "Ring om aftenen til Freja"}
    assert "Teksten nævner" not in client.post(url, plain, follow=True).content.decode()


def test_C10_the_family_stands_in_danish_order_on_the_form(s: Sitting, client) -> None:
    client.force_login(s.tovholder)
    form = client.get(reverse("consent:network", args=[s.case.forloeb.pk])).context["form"]
    names = [label for _, label in form.fields["about"].choices]
    assert names == danish_sorted(names)


def test_C5_C10_a_contact_that_a_tovholder_before_wrote_is_not_there_for_who_may_not_have_it(
    s: Sitting, client
) -> None:
    row, lead = add(s), s.case.forloeb.participations.get(user=s.tovholder)
    client.force_login(s.tovholder)
    url, end = (reverse(f"consent:{name}", args=[row.pk]) for name in ("contact", "contact_end"))
    assert client.get(url).status_code == 200
    NetworkContact.objects.filter(pk=row.pk).update(contributed_by=s.members["teacher"].recipient)
    refuse(s, "anna", lead)
    assert (client.get(url).status_code, client.post(end).status_code) == (404, 404)


def test_C10_a_contact_of_which_no_topic_is_left_has_no_page_for_the_tovholder_either(s: Sitting, client) -> None:
    row, lead = add(s, "Inger Bæk", "skole"), s.case.forloeb.participations.get(user=s.tovholder)
    client.force_login(s.tovholder)
    url = reverse("consent:contact", args=[row.pk])
    NetworkContact.objects.filter(pk=row.pk).update(contributed_by="")
    assert client.get(url).status_code == 200
    refuse(s, "anna", lead, "skole")
    assert client.get(url).status_code == 404
