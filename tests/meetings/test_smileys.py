"""The smiley ruler: one answer each, children apart, named only when agreed, never shown to another (M9)."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases.models import Participation
from consent import actions as consent_actions
from consent.basis import load_basis
from consent.consequences import preview
from meetings import actions
from meetings.models import SmileyRating
from tests.meetings.factories import refuse, seat, sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(db):
    made = sitting()
    seat(made, "unge", "job", "teacher", "anna", "viggo", "freja")
    return made


def ask(s, name):
    return reverse("meetings:smiley", args=[s.meeting.pk, s.person(name).pk])


def test_M9_the_page_holds_nothing_but_the_question(client, s):
    client.force_login(s.tovholder)
    page = client.get(ask(s, "viggo")).content.decode()
    assert "Til Viggo" in page
    assert page.count('name="value"') == 5
    for other in ("Anna", "Freja", "Antons", "Min dag"):
        assert other not in page


def test_M9_one_answer_each_and_a_second_one_changes_nothing(client, s):
    client.force_login(s.tovholder)
    answer = client.post(ask(s, "viggo"), {"value": "2", "words": "Det var langt"})
    assert answer["Location"] == reverse("meetings:smiley_thanks", args=[s.meeting.pk])
    assert client.post(ask(s, "viggo"), {"value": "5"}).status_code == 302
    rating = SmileyRating.objects.get()
    assert (rating.value, rating.is_child, rating.may_be_named) == (2, True, False)
    assert client.get(ask(s, "viggo")).status_code == 302
    assert "Viggo" not in client.get(reverse("meetings:smileys", args=[s.meeting.pk])).content.decode()
    with pytest.raises(ValidationError, match="en gang"):
        actions.give_smiley(by=s.tovholder, meeting=s.meeting, person=s.person("viggo"), value=1)


class TestInTheFamilysHands:
    """A tablet that goes round the table is no way into what its owner may see."""

    @pytest.fixture
    def screen(self, client, s):
        client.force_login(s.tovholder)
        assert client.get(reverse("meetings:page", args=[s.meeting.pk])).status_code == 200
        client.get(reverse("meetings:smileys", args=[s.meeting.pk]))
        return client

    def test_M9_every_other_page_leads_back_to_the_question(self, screen, s):
        other = sitting()
        question = reverse("meetings:smileys", args=[s.meeting.pk])
        for url in (
            reverse("desk:my_day"),
            reverse("meetings:page", args=[s.meeting.pk]),
            reverse("meetings:board_pdf", args=[s.meeting.pk, s.meeting.attendance.first().pk]),
            reverse("meetings:smileys", args=[other.meeting.pk]),
            reverse("account_login"),
            "/findes-ikke/",
        ):
            answer = screen.get(url)
            assert answer.status_code in (302, 404), url
            assert answer.status_code == 404 or answer["Location"] == question, url
        assert screen.get(ask(s, "anna")).status_code == 200

    def test_M9_another_tab_neither_polls_nor_saves_and_keeps_its_text(self, screen, s):
        state = reverse("meetings:wall_state", args=[s.meeting.pk, "x"])
        for header in ("X-FF-Poll", "HX-Request", "X-FF-Draft"):
            answer = screen.get(state, headers={header: "1"})
            assert answer.status_code == 403
            assert "Skærmen er hos familien" in answer.content.decode()
        answer = screen.post(reverse("meetings:board", args=[s.meeting.pk]), {"column": "maal", "text": "Går i skole"})
        assert answer.status_code == 403
        assert "Går i skole" in answer.content.decode()
        assert not s.meeting.notes.exists()

    def test_M9_it_comes_back_by_signing_in_anew(self, screen, s):
        assert "Lås op" in screen.get(ask(s, "anna")).content.decode()
        page = reverse("meetings:page", args=[s.meeting.pk])
        answer = screen.post(reverse("meetings:smileys_unlock", args=[s.meeting.pk]))
        assert answer["Location"] == f"{reverse('account_login')}?next={page}"
        assert screen.get(page).status_code == 302, "signed out"
        screen.force_login(s.tovholder)
        assert screen.get(page).status_code == 200

    def test_M9_F13_who_loses_the_meeting_meanwhile_can_still_sign_out(self, screen, s):
        Participation.objects.filter(forloeb=s.case.forloeb, user=s.tovholder).update(to_date=timezone.localdate())
        answer = screen.get(reverse("desk:my_day"), follow=True)
        assert answer.status_code == 404
        assert reverse("account_logout") in answer.content.decode()
        assert screen.post(reverse("account_logout"))["Location"] == reverse("logged_out")
        assert screen.get(reverse("desk:my_day"))["Location"].startswith(reverse("account_login"))


def test_M9_skipping_is_allowed_and_stores_nothing(client, s):
    client.force_login(s.tovholder)
    assert client.post(ask(s, "anna"), {"skip": "1"}).status_code == 302
    assert not SmileyRating.objects.exists()


def test_M9_who_would_rather_not_is_not_asked_again_while_the_screen_goes_round(client, s):
    """Nor shown by name to the next; on a screen that is unlocked and handed over anew they can answer after all."""
    client.force_login(s.tovholder)
    question = reverse("meetings:smileys", args=[s.meeting.pk])
    assert "Anna" in client.get(question).content.decode()
    client.post(ask(s, "anna"), {"skip": "1"})
    page = client.get(question).content.decode()
    assert "Anna" not in page
    assert "Viggo" in page
    client.post(reverse("meetings:smileys_unlock", args=[s.meeting.pk]))
    client.force_login(s.tovholder)
    assert "Anna" in client.get(question).content.decode()


SEES, NOBODY = "Din tovholder kan se dit svar.", "Svarene bliver ikke vist for de andre."


@pytest.mark.parametrize(
    ("posted", "told", "untold"),
    [
        ({"value": "4", "may_be_named": "on"}, SEES, NOBODY),
        ({"value": "4"}, NOBODY, SEES),
        ({"skip": "1"}, NOBODY, SEES),
        ({"skip": "1", "may_be_named": "on"}, NOBODY, SEES),
    ],
)
def test_M9_the_thanks_tell_who_sees_the_answer_as_it_was_chosen(client, s, posted, told, untold):
    client.force_login(s.tovholder)
    page = client.post(ask(s, "viggo"), posted, follow=True).content.decode()
    assert told in page
    assert untold not in page


def test_M9_the_thanks_tell_it_once_and_never_the_next_at_the_table(client, s):
    client.force_login(s.tovholder)
    client.post(ask(s, "viggo"), {"value": "4", "may_be_named": "on"}, follow=True)
    again = client.get(reverse("meetings:smiley_thanks", args=[s.meeting.pk])).content.decode()
    asked_again = client.get(ask(s, "viggo"), follow=True).content.decode()
    skipped_after = client.post(ask(s, "viggo"), {"skip": "1"}, follow=True).content.decode()
    for page in (again, asked_again, skipped_after):
        assert "Tak" in page
        assert SEES not in page
        assert NOBODY not in page


def test_M9_the_first_page_promises_only_what_holds_whatever_is_chosen(client, s):
    client.force_login(s.tovholder)
    first = client.get(reverse("meetings:smileys", args=[s.meeting.pk])).content.decode()
    assert "Dit svar bliver ikke vist for de andre." in first
    assert "Siger du nej, bliver dit navn ikke vist ved svaret." in client.get(ask(s, "viggo")).content.decode()
    for page in (first, client.get(ask(s, "viggo")).content.decode()):
        assert "kan se dit svar" not in page


def test_M9_no_face_is_told_in_plain_words(client, s):
    client.force_login(s.tovholder)
    answer = client.post(ask(s, "anna"), {"words": "Fint møde"})
    assert answer.status_code == 422
    assert "Vælg et ansigt" in answer.content.decode()
    assert "Fint møde" in answer.content.decode()


def test_M9_the_meeting_page_tells_who_has_answered_and_not_what(client, s):
    actions.give_smiley(by=s.tovholder, meeting=s.meeting, person=s.person("viggo"), value=1, words="Kanarie")
    for user in (s.tovholder, s.tavle, s.teacher):
        client.force_login(user)
        page = client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()
        assert "Har svaret" in page
        assert "Slet ikke godt" not in page
        assert "Kanarie" not in page


def test_M9_a_named_answer_is_for_the_tovholder_only(client, s):
    actions.give_smiley(
        by=s.tovholder, meeting=s.meeting, person=s.person("anna"), value=4, words="Kanarie", may_be_named=True
    )
    page = reverse("meetings:page", args=[s.meeting.pk])
    client.force_login(s.tovholder)
    assert "Har svaret: Godt" in client.get(page).content.decode()
    client.force_login(s.tavle)
    assert "Kanarie" not in client.get(page).content.decode()


def test_C5_M9_the_words_of_a_named_answer_follow_the_consents_of_all_they_tell_of(client, s):
    """Viggo said yes to be named; of Carl's drinking he cannot say it. The withdrawal tells of it before (C7)."""
    said = "Carl drikker stadig hver aften"
    actions.give_smiley(
        by=s.tovholder, meeting=s.meeting, person=s.person("viggo"), value=4, words=said, may_be_named=True
    )
    page = reverse("meetings:page", args=[s.meeting.pk])
    client.force_login(s.tovholder)
    assert said in client.get(page).content.decode()
    carl, forloeb = s.person("carl"), s.case.forloeb
    titles = [one.title for one in preview(forloeb, carl, load_basis(forloeb)).consequences]
    assert "1 svar på smiley-linealen" in titles
    consent_actions.withdraw(by=s.tovholder, forloeb=forloeb, person=carl, receipt=False)
    shown = client.get(page).content.decode()
    assert said not in shown
    assert "Har svaret: Godt. Ordene er udeladt: samtykke mangler" in shown
    titles = [one.title for one in preview(forloeb, carl, load_basis(forloeb)).consequences]
    assert "1 svar på smiley-linealen" not in titles


def test_M9_whoever_was_told_by_name_has_the_speakers_own_words_without_being_asked_on_the_topic(client, s):
    seat(s, "bo")
    actions.give_smiley(
        by=s.tovholder, meeting=s.meeting, person=s.person("bo"), value=4, words="Min gæld fylder", may_be_named=True
    )
    client.force_login(s.tovholder)
    assert "Min gæld fylder" in client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()


def test_C5_M9_the_words_follow_the_speakers_own_no_too(client, s):
    actions.give_smiley(
        by=s.tovholder, meeting=s.meeting, person=s.person("anna"), value=4, words="Min angst fylder", may_be_named=True
    )
    refuse(s, "anna", s.members["unge"], "helbred")
    client.force_login(s.tovholder)
    assert "Min angst" not in client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()


def test_M9_only_those_present_are_asked_and_others_are_404(client, s):
    other = sitting()
    client.force_login(s.tovholder)
    assert client.get(ask(s, "bo")).status_code == 404
    assert client.get(reverse("meetings:smiley", args=[s.meeting.pk, other.person("anna").pk])).status_code == 404
    with pytest.raises(ValidationError, match="til stede"):
        actions.give_smiley(by=s.tovholder, meeting=s.meeting, person=s.person("bo"), value=1)


def test_M9_answers_stay_out_of_the_events_and_the_thanks_page(client, s):
    client.force_login(s.tovholder)
    answer = client.post(ask(s, "viggo"), {"value": "1", "words": "Kanarie"}, follow=True)
    assert "Kanarie" not in answer.content.decode()
    assert "Viggo" not in answer.content.decode()
