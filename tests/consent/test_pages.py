"""The pages: who gets in, what they hold, and that nothing typed is lost."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.models import AccessLog
from consent import actions
from consent.models import ConsentText, Declaration, GuidanceRead, Topic, Withdrawal
from tests.consent.factories import case, consented, key_of
from tests.documents.test_uploads import a_pdf
from tests.organisation.factories import EmploymentFactory, UserFactory
from web import dates

pytestmark = pytest.mark.django_db
# A one-pixel PNG.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


@pytest.fixture
def family(db):
    return case()


@pytest.fixture
def tovholder(client, family):
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    actions.read_guidance(by=family.tovholder)
    return client


def url(name, family, *rest):
    return reverse(f"consent:{name}", args=[family.forloeb.pk, *(one.pk for one in rest)])


def form(family, person, **more):
    today = timezone.localdate().strftime("%d.%m.%Y")
    answers = {f"r_{key_of(one)}": "all" for one in family.departments}
    return {"way": "paper", "informed_on": today, "signed_on": today, "signers": str(person.pk), **answers, **more}


def test_C8_who_has_not_read_the_guidance_is_sent_to_it_and_back(client, family):
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(url("matrix", family))
    assert answer.status_code == 302
    assert answer.url.startswith("/vejledning/?videre=")
    assert not AccessLog.objects.filter(kind="consent:matrix").exists()
    page = client.get(answer.url)
    assert "Jeg har læst vejledningen" in page.text
    back = client.post("/vejledning/", {"videre": url("matrix", family)})
    assert back.url == url("matrix", family)
    assert GuidanceRead.objects.filter(user=family.tovholder).exists()
    assert client.get(url("matrix", family)).status_code == 200


def test_C8_the_way_back_never_leaves_the_house(client, family):
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    for outside in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        assert client.post("/vejledning/", {"videre": outside}).url == "/vejledning/"


@pytest.mark.parametrize("name", ["matrix", "leaflet"])
def test_a_stranger_gets_404_as_if_it_did_not_exist(client, family, name):
    client.force_login(EmploymentFactory().user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(url(name, family)).status_code == 404


@pytest.mark.parametrize("name", ["person", "declare", "withdraw", "blank"])
def test_only_the_tovholder_opens_a_persons_consents(client, family, name):
    client.force_login(family.members["job"].user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(url(name, family, family.anna))
    assert answer.status_code == 403
    assert family.tovholder.name in answer.text


def test_a_person_of_another_family_is_404(tovholder, family):
    other = case(number="2026-0999")
    for name in ("person", "declare", "withdraw", "blank"):
        assert tovholder.get(url(name, family, other.anna)).status_code == 404
    made = consented(other.forloeb, other.anna, other.departments)
    for name in ("declaration_pdf", "sign", "evidence"):
        assert tovholder.get(reverse(f"consent:{name}", args=[made.pk])).status_code == 404


def test_C5_a_participant_sees_only_what_the_own_department_may_know(client, family):
    actions.read_guidance(by=family.members["job"].user)
    consented(family.forloeb, family.anna, [family.departments[1]], ["fritid"])
    consented(family.forloeb, family.anna, [family.departments[0], family.external], ["misbrug"])
    consented(family.forloeb, family.bo, [family.departments[1]], answer="no", signed=False)
    client.force_login(family.members["job"].user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(url("matrix", family))
    assert "Anna Bæk" in page.text
    assert "Fritid" in page.text
    for hidden in ("Bo Aagaard", "Freja Bæk", "Viggo", "Misbrug", family.external.name, "Nej"):
        assert hidden not in page.text, hidden


def test_the_matrix_costs_the_same_for_few_and_many_answers(tovholder, family):
    misbrug = Topic.objects.get(key="misbrug")

    def grow(*people):
        for person in people:
            consented(family.forloeb, person, [*family.departments, family.external])
            actions.withdraw(
                by=family.tovholder, forloeb=family.forloeb, person=person, topics=[misbrug], receipt=False
            )

    def cost():
        with CaptureQueriesContext(connection) as told:
            assert tovholder.get(url("matrix", family)).status_code == 200
        return len(told)

    grow(family.anna)
    cost()
    few = cost()
    grow(family.bo, family.carl, family.freja, family.anna)
    assert cost() == few


def test_C1_a_birthday_that_is_near_stands_where_the_consent_is_written(tovholder, family):
    """Whoever asks the parents on the kitchen table a week before sees it there, not on Min dag alone."""
    birthday = timezone.localdate() + timedelta(days=40)
    if (birthday.month, birthday.day) == (2, 29):
        birthday += timedelta(days=1)
    family.viggo.birth_date = birthday.replace(year=birthday.year - 15)
    family.viggo.save()
    told = f"14 år. Anna og Carl skriver under. Fylder 15 år {dates.long_date(birthday)}"
    for name, who in (("matrix", ()), ("person", (family.viggo,)), ("declare", (family.viggo,))):
        assert told in tovholder.get(url(name, family, *who)).text, name
    page = tovholder.get(url("matrix", family)).text
    assert f"Viggo fylder 15 år den {dates.long_date(birthday)}. Så skriver Viggo selv under" in page
    assert page.count("Fylder 15 år") == 1, "Freja turned fifteen long ago"


def test_enter_in_the_declaration_does_what_its_first_button_says(tovholder, family):
    """Enter presses the form's first button, which nobody sees: for a family of five it goes on to the next person."""
    first = re.compile(r"<form[^>]*data-ff-declare>.*?<button([^>]*)>", re.DOTALL)
    found = first.search(tovholder.get(url("declare", family, family.anna)).text)
    assert 'name="naeste"' in found[1]
    for person in family.people.values():
        consented(family.forloeb, person, family.departments)
    assert "naeste" not in first.search(tovholder.get(url("declare", family, family.anna)).text)[1], "nobody is left"


def test_C1_the_band_names_who_must_sign_what(tovholder, family):
    consented(family.forloeb, family.viggo, family.departments, signed=False)
    declaration = Declaration.objects.get()
    actions.add_signature(
        by=family.tovholder, declaration=declaration, signer=family.anna, signed_on=timezone.localdate()
    )
    page = tovholder.get(url("matrix", family)).text
    assert "Få Carls underskrift på Viggos erklæring" in page
    assert "Anna har skrevet under. Indtil Carl også gør det, når intet om Viggo frem til nogen." in page
    assert "Freja er 15 år og skriver selv under." in page
    assert "For Viggo er det Anna og Carl." in page


def test_C1_a_declaration_is_filled_in_and_the_next_person_is_at_hand(tovholder, family):
    answer = tovholder.post(url("declare", family, family.anna), form(family, family.anna, naeste="1", leaflet="on"))
    assert answer.status_code == 302
    made = Declaration.objects.get()
    assert made.consents.count() == 16
    assert made.signatures.get().signer == family.anna
    assert made.leaflet_given_on == timezone.localdate()
    assert answer.url.endswith("/svar/")
    assert str(family.anna.pk) not in answer.url


def topic_field(recipient, key):
    return f"t_{key_of(recipient)}_{Topic.objects.get(key=key).pk}"


def test_C4_earlier_answers_are_the_start_and_what_was_withdrawn_is_not_suggested(tovholder, family):
    job, unge = family.departments[1], family.departments[0]
    consented(family.forloeb, family.anna, [job], ["fritid"])
    consented(family.forloeb, family.anna, [job], ["misbrug"], answer="no")
    consented(family.forloeb, family.anna, [unge])
    actions.withdraw(
        by=family.tovholder, forloeb=family.forloeb, person=family.anna, recipients=[key_of(unge)], receipt=False
    )
    start = tovholder.get(url("declare", family, family.anna)).context["form"]
    assert start[f"r_{key_of(job)}"].initial == "some"
    assert {key: start[topic_field(job, key)].initial for key in ("fritid", "misbrug", "helbred")} == {
        "fritid": "yes",
        "misbrug": "no",
        "helbred": "",
    }
    assert start[f"r_{key_of(unge)}"].initial == "skip"
    assert start[topic_field(unge, "fritid")].initial == ""


def test_C2_an_answer_that_stands_cannot_be_called_not_asked(tovholder, family):
    """Who takes a yes back says no (or withdraws): a topic left out would leave the yes standing unseen."""
    job = family.departments[1]
    consented(family.forloeb, family.anna, [job], ["fritid"])
    start = tovholder.get(url("declare", family, family.anna)).context["form"]
    words = lambda key: [word for _, word in start[topic_field(job, key)].field.choices]  # noqa: E731
    assert words("fritid") == ["Ja", "Nej"]
    assert words("helbred") == ["Ja", "Nej", "Ikke spurgt"]


@pytest.mark.real_papers
def test_C2_a_topic_nobody_spoke_of_is_not_asked_and_a_no_is_a_no(tovholder, family):
    job = family.departments[1]
    data = form(family, family.anna) | {f"r_{key_of(one)}": "skip" for one in family.departments}
    data |= {f"r_{key_of(job)}": "some", topic_field(job, "fritid"): "yes", topic_field(job, "misbrug"): "no"}
    assert tovholder.post(url("declare", family, family.anna), data).status_code == 302
    made = Declaration.objects.get()
    assert dict(made.consents.values_list("topic__key", "answer")) == {"fritid": "yes", "misbrug": "no"}
    paper = PdfReader(io.BytesIO(tovholder.get(reverse("consent:declaration_pdf", args=[made.pk])).getvalue()))
    words = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for line in ("Fritid Ja", "Misbrug Nej", "Helbred Ikke spurgt"):
        assert line in words, words
    page = tovholder.get(url("person", family, family.anna))
    shown = {topic.key: {one.key: cell.words for one, cell in cells} for topic, cells in page.context["row"].topics}
    assert [shown[key][key_of(job)] for key in ("fritid", "misbrug", "helbred")] == ["Ja", "Nej", "Ikke spurgt"]


def test_C2_no_to_the_rest_is_one_tick(tovholder, family):
    job = family.departments[1]
    data = form(family, family.anna) | {f"r_{key_of(one)}": "skip" for one in family.departments}
    data |= {f"r_{key_of(job)}": "some", topic_field(job, "fritid"): "yes", f"n_{key_of(job)}": "on"}
    assert tovholder.post(url("declare", family, family.anna), data).status_code == 302
    answers = Declaration.objects.get().consents.values_list("topic__key", "answer")
    assert sorted(key for key, answer in answers if answer == "yes") == ["fritid"]
    assert sum(answer == "no" for _, answer in answers) == Topic.objects.in_use().count() - 1


def test_C3_oral_without_its_note_is_told_field_by_field_and_keeps_what_was_typed(tovholder, family):
    data = form(family, family.anna, way="oral", heard_by="Mette Lindskov")
    del data["signers"]
    answer = tovholder.post(url("declare", family, family.anna), data)
    assert answer.status_code == 422
    assert "Der er problemer" in answer.text
    assert "Skriv præcis, hvad der blev spurgt om." in answer.text
    assert "Mette Lindskov" in answer.text
    for label in ("Hvem hørte det?", "Hvornår og hvor?", "Hvad blev der præcis spurgt om?"):
        assert f"{label}</label>" in answer.text, "nothing says that it may be left out"
    assert "Underskrevet den <span" in answer.text
    data |= {"heard_when": "23.11. kl. 10 i køkkenet", "question": "Må vi tale med Job og Udvikling?"}
    data |= {"signers": [str(family.anna.pk)]}
    assert tovholder.post(url("declare", family, family.anna), data).status_code == 302
    assert "Hørt af Mette Lindskov" in Declaration.objects.get().oral_note


def test_C2_some_without_a_topic_and_nothing_at_all_are_told(tovholder, family):
    data = form(family, family.anna, **{f"r_{key_of(family.departments[0])}": "some"})
    answer = tovholder.post(url("declare", family, family.anna), data)
    assert answer.status_code == 422
    assert "Sæt »Ja« ved det" in answer.text
    data = form(family, family.anna) | {f"r_{key_of(one)}": "skip" for one in family.departments}
    assert "Skriv mindst ét svar for Anna." in tovholder.post(url("declare", family, family.anna), data).text
    assert not Declaration.objects.exists()


def test_C3_the_scan_is_kept_under_a_name_that_tells_nobody(tovholder, family):
    data = form(family, family.anna) | {"evidence": SimpleUploadedFile("Anna 010188-1234.png", PNG)}
    assert tovholder.post(url("declare", family, family.anna), data).status_code == 302
    made = Declaration.objects.get()
    fetched = tovholder.get(reverse("consent:evidence", args=[made.pk]))
    assert fetched["Content-Disposition"].startswith("attachment")
    assert "Anna" not in fetched["Content-Disposition"]
    wrong = tovholder.post(
        reverse("consent:scan", args=[made.pk]), {"evidence": SimpleUploadedFile("a.png", b"<script>")}
    )
    assert wrong.status_code == 422


def test_C3_the_paper_that_each_custody_holder_signed_is_kept_and_found(tovholder, family):
    """Two homes, two papers: the second is no better copy of the first."""
    made = consented(family.forloeb, family.viggo, family.departments, signed=False)
    today = timezone.localdate().strftime("%d.%m.%Y")
    for signer, name, content in ((family.anna, "a.png", PNG), (family.carl, "b.pdf", a_pdf())):
        data = {"signer": str(signer.pk), "signed_on": today, "evidence": SimpleUploadedFile(name, content)}
        assert tovholder.post(reverse("consent:sign", args=[made.pk]), data).status_code == 302
    page, address = tovholder.get(url("person", family, family.viggo)).text, reverse("consent:evidence", args=[made.pk])
    assert f'{address}?papir=1">Hent underskrevet papir 1' in page
    assert f'{address}?papir=2">Hent underskrevet papir 2' in page
    kinds = [tovholder.get(address, {"papir": number})["Content-Type"] for number in (1, 2)]
    assert kinds == ["image/png", "application/pdf"]
    assert tovholder.get(address)["Content-Type"] == "application/pdf", "the newest"
    for nothing in ("0", "3", "x"):
        assert tovholder.get(address, {"papir": nothing}).status_code == 404


def test_C1_a_missing_signature_is_added_later(tovholder, family):
    made = consented(family.forloeb, family.viggo, family.departments, signed=False)
    page = reverse("consent:sign", args=[made.pk])
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert tovholder.get(page).status_code == 200
    assert tovholder.post(page, {"signer": str(family.bo.pk), "signed_on": today}).status_code == 422
    assert tovholder.post(page, {"signed_on": today}).status_code == 422
    assert tovholder.post(page, {"signer": str(family.carl.pk), "signed_on": today}).status_code == 302
    assert made.signatures.get().signer == family.carl


def test_C7_choose_preview_confirm(tovholder, family):
    consented(family.forloeb, family.anna, family.departments)
    page = url("withdraw", family, family.anna)
    assert "Intet er ændret endnu" in tovholder.get(page).text
    assert tovholder.get(page + "?hvad=noget").status_code == 422
    misbrug = Topic.objects.get(key="misbrug").pk
    where = f"{page}?hvad=noget&emne={misbrug}"
    assert "når det gælder misbrug" in tovholder.get(where).text
    assert not Withdrawal.objects.exists()
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert tovholder.post(where, {"way": "oral", "told_on": "i går"}).status_code == 422
    answer = tovholder.post(where, {"way": "oral", "told_on": today})
    assert answer.status_code == 302
    made = Withdrawal.objects.get()
    assert made.topics == [str(misbrug)]
    assert tovholder.get(reverse("consent:receipt", args=[made.pk])).status_code == 200
    assert "Hent kvitteringen" in tovholder.get(answer.url).text


def test_C7_a_press_with_nothing_chosen_says_what_to_choose(tovholder, family):
    page = url("withdraw", family, family.anna)
    start = tovholder.get(page)
    assert start.status_code == 200
    assert "Der er problemer" not in start.text
    assert 'name="vis"' in start.text, "the press is told from the first look by the button"
    misbrug = Topic.objects.get(key="misbrug").pk
    for said in ("?vis=1", f"?vis=1&emne={misbrug}"):
        empty = tovholder.get(page + said)
        assert empty.status_code == 422
        above, _, choice = empty.text.partition('name="hvad"')
        assert above.count("Vælg, hvad der tilbagekaldes: det hele eller noget af det.") == 2, (
            "in the summary and above"
        )
        assert choice
    assert tovholder.get(page + "?vis=1&hvad=alt").status_code == 200
    assert not Withdrawal.objects.exists()


def test_C7_for_a_child_the_page_asks_who_said_it(tovholder, family):
    consented(family.forloeb, family.viggo, family.departments)
    page = url("withdraw", family, family.viggo) + "?hvad=alt"
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert "Hvem sagde det?" in tovholder.get(page).text
    assert tovholder.post(page, {"way": "oral", "told_on": today}).status_code == 422
    assert tovholder.post(page, {"way": "oral", "told_on": today, "told_by": str(family.carl.pk)}).status_code == 302
    assert Withdrawal.objects.get().told_by == family.carl


def test_F4_the_page_makes_the_forloeb_active(tovholder, family):
    consented(family.forloeb, family.anna, family.departments)
    for person in ("bo", "carl", "freja", "viggo"):
        consented(family.forloeb, family.people[person], [*family.departments, family.external])
    assert "Gør forløbet aktivt" in tovholder.get(url("matrix", family)).text
    assert tovholder.post(url("activate", family)).status_code == 302
    family.forloeb.refresh_from_db()
    assert family.forloeb.is_running
    assert tovholder.get(url("activate", family)).status_code == 405


def test_F4_refused_by_all_adults_the_page_offers_the_end(tovholder, family):
    for person in (family.anna, family.bo, family.carl):
        consented(family.forloeb, person, family.departments, answer="no", signed=False)
    page = tovholder.get(url("matrix", family)).text
    assert "Samtykke er ikke opnået" in page
    assert "Afslut forløbet" in page


@pytest.mark.real_papers
def test_every_paper_is_a_pdf_and_is_logged_about_the_one_person(tovholder, family):
    made = consented(family.forloeb, family.anna, family.departments)
    for page in (
        url("blank", family, family.anna),
        reverse("consent:declaration_pdf", args=[made.pk]),
        url("leaflet", family),
    ):
        answer = tovholder.get(page)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        row = AccessLog.objects.order_by("-seq").first()
        assert row.channel == "pdf"
        assert row.count <= 1


def test_C3_the_text_in_versions_by_the_koordinator_only(client, family):
    user = UserFactory(koordinator=True)
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/samtykketekster/").status_code == 403
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    first = ConsentText.objects.current()
    data = {"title": first.title, "purpose": first.purpose, "body": first.body + "\nNy linje.", "months_valid": "6"}
    assert client.post("/samtykketekster/ny/", {**data, "months_valid": "0"}).status_code == 422
    made = client.post("/samtykketekster/ny/", data)
    text = ConsentText.objects.get(number=2)
    assert ConsentText.objects.current() == first, "a new version is not in use by itself"
    assert "Nyt: </span>Ny linje." in client.get(made.url).text
    assert client.get(reverse("consent:text_edit", args=[text.pk])).status_code == 200
    client.post(reverse("consent:text_publish", args=[text.pk]))
    assert ConsentText.objects.current() == text
    for frozen in (first, text):
        answer = client.get(reverse("consent:text_edit", args=[frozen.pk]))
        assert answer.status_code == 403, "nobody begins to write what cannot be saved"
        assert "Skriv en ny version" in answer.text
    assert "I brug nu" in client.get("/samtykketekster/").text


def test_C3_an_oral_answers_fields_are_not_said_to_be_left_out(tovholder, family):
    """They are shown only for an oral answer, and then each is needed."""
    page = " ".join(tovholder.get(url("declare", family, family.anna)).text.split())
    for label in ("Hvem hørte det?", "Hvornår og hvor?", "Hvad blev der præcis spurgt om?"):
        assert f">{label}</label>" in page
    assert "Er svaret mundtligt: Hvem har sagt det?" in page


def test_C7_the_pages_say_what_was_withdrawn_and_by_whom_it_can_still_be_known(client, family, tovholder):
    """Of a boy of four his parents know whatever is withdrawn; of part of a consent is not said that it was all."""
    job = key_of(family.departments[1])
    skole = Topic.objects.get(key="skole")
    consented(family.forloeb, family.viggo, family.departments)
    withdraw = url("withdraw", family, family.viggo)
    whole = client.get(withdraw, {"hvad": "alt", "vis": "1"}).content.decode()
    assert "Ud over Anna og Carl kan ingen længere få noget at vide om Viggo" in whole
    assert "Ingen behøver at give en grund." in whole
    assert "Der kan altid gives et nyt samtykke." in whole
    part = f"{withdraw}?hvad=noget&emne={skole.pk}&modtager={job}&vis=1"
    said = {"told_on": "1.11.2026", "way": "oral", "told_by": str(family.anna.pk)}
    page = client.post(part, said, follow=True).content.decode()
    assert "Noget af Viggos samtykke er tilbagekaldt. Det gælder nu." in page
    assert f"Skole og dagtilbud, til {family.departments[1].name}." in page
    page = client.post(f"{withdraw}?hvad=alt&vis=1", said, follow=True).content.decode()
    assert "Viggos samtykke er tilbagekaldt. Det gælder nu." in page
    assert "Det hele." in page
    assert "Anna og Carl har skrevet under." in client.get(url("person", family, family.viggo)).content.decode()


def test_C3_an_oral_answer_is_said_by_somebody(tovholder, family):
    spoken = {"heard_by": "Mette Lindskov", "heard_when": "I dag i telefonen", "question": "Må vi?"}
    data = form(family, family.viggo, way="oral", **spoken)
    del data["signers"]
    where = url("declare", family, family.viggo)
    refused = tovholder.post(where, data)
    assert refused.status_code == 422
    assert "Vælg, hvem der har sagt det." in refused.content.decode()
    assert tovholder.post(where, data | {"signers": [str(family.anna.pk)]}).status_code == 302, (
        "one of two may be first"
    )


def test_C8_the_guidance_says_when_it_was_read(client, family):
    client.force_login(family.tovholder, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("consent:guidance")
    assert "Læs den, før du åbner" in client.get(page).content.decode()
    with time_machine.travel("2027-02-03T12:00:00+01:00"):
        actions.read_guidance(by=family.tovholder)
    read = client.get(page).content.decode()
    assert "Du læste den 3.\xa0februar 2027." in read
    assert "Jeg har læst vejledningen" not in read
