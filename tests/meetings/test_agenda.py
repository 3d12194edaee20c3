"""A point on the agenda reaches who may have what it is about, on its topic, and nobody else (C5, C6, M1, M8)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consent.basis import load_basis
from consent.consequences import loss_of
from consent.models import Topic
from meetings import actions
from meetings.consequences import agenda_points_concerned
from meetings.models import AgendaPoint
from tests.consent.factories import consented
from tests.meetings.factories import refuse, seat, sitting

pytestmark = pytest.mark.django_db
LEFT_OUT = "1 punkt er udeladt: samtykke mangler"


@pytest.fixture
def s(db):
    """Anna has said yes to the school about school, and to nothing else; the others to everything."""
    made = sitting(yes=("bo", "carl", "freja", "viggo"))
    consented(made.case.forloeb, made.person("anna"), [made.members["teacher"]], ["skole"])
    consented(made.case.forloeb, made.person("anna"), [made.members["unge"], made.members["job"]])
    return made


def point(s, text, by="tovholder", **more):
    return actions.add_agenda_point(by=getattr(s, by), meeting=s.meeting, text=text, **more)


def page(client, s, user):
    client.force_login(user)
    return client.get(reverse("meetings:page", args=[s.meeting.pk])).content.decode()


def marks(made):
    made.refresh_from_db()
    return {one.first_name for one in made.about.all()}, made.topic.key


def test_M1_an_agenda_that_lasts_longer_than_the_meeting_says_so_and_stops_nothing(s, client):
    """By the points that the reader gets: a point that is left out is not in the sum."""
    AgendaPoint.objects.filter(meeting=s.meeting).delete()
    point(s, "Skolevejen", minutes=60)
    point(s, "Annas nye medicin", minutes=30)
    shown = page(client, s, s.tovholder)
    assert "90 minutter i alt" in shown
    assert "Mødet er 90" not in shown
    point(s, "Velkommen og runde", minutes=10)
    shown = page(client, s, s.tovholder)
    assert "Dagsordenen er 100 minutter. Mødet er 90." in shown
    assert "minutter i alt" not in shown
    shown = page(client, s, s.teacher)
    assert LEFT_OUT in shown
    assert "70 minutter i alt" in shown
    assert "Dagsordenen er" not in shown
    s.meeting.ends_at += datetime.timedelta(minutes=10)
    s.meeting.save()
    assert "100 minutter i alt" in page(client, s, s.tovholder)


# --- marks without a click -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Annas nye medicin", ({"Anna"}, "helbred")),
        ("Viggo og Freja i weekenden", ({"Viggo", "Freja"}, "familie")),
        ("Skolevejen", ({"Freja"}, "skole")),  # names nobody: whom the forløb is especially about
        ("Opsamling", ({"Freja"}, "familie")),
        ("Velkommen og runde", (set(), "familie")),  # a phase of the model
        ("Familiens mål", (set(), "familie")),
    ],
)
def test_C5_a_point_is_marked_by_its_own_words(s, text, expected):
    assert marks(point(s, text)) == expected


def test_C5_M1_a_point_that_the_family_raises_is_about_that_person_at_least(s):
    made = point(s, "Velkommen og runde", raised_by_person=s.person("bo"))
    assert marks(made)[0] == {"Bo"}
    made = point(s, "Freja sover dårligt", raised_by_person=s.person("anna"), about=[s.person("freja")])
    assert marks(made)[0] == {"Freja", "Anna"}


def test_C5_M5_the_phases_of_the_meeting_are_free_to_all(client):
    s = sitting(yes=())
    shown = page(client, s, s.teacher)
    assert "Velkommen og runde" in shown
    assert "udeladt: samtykke" in shown, "the people are; no point is"
    assert "punkt er udeladt" not in shown
    assert not any(one.about.exists() for one in s.meeting.agenda.all())


# --- who reads it ------------------------------------------------------------------------------------------------------------
def test_C5_a_point_is_judged_by_its_topic_and_not_only_by_whom_it_names(client, s):
    point(s, "Annas nye medicin")
    point(s, "Anna og skolen")
    shown = page(client, s, s.teacher)
    assert "Anna og skolen" in shown
    assert "medicin" not in shown
    assert LEFT_OUT in shown
    shown = page(client, s, s.tovholder)
    assert "medicin" in shown
    assert "punkt er udeladt" not in shown


def test_C5_a_department_sees_its_own_point_until_somebody_says_no(client, s):
    own = point(s, "Annas nye medicin", by="teacher", raised_by=s.members["teacher"])
    assert own.contributed_by == s.members["teacher"].recipient
    assert "medicin" in page(client, s, s.teacher)
    refuse(s, "anna", s.members["teacher"], "helbred")
    shown = page(client, s, s.teacher)
    assert "medicin" not in shown
    assert LEFT_OUT in shown


def test_C5_who_writes_a_point_down_for_nobody_in_particular_has_contributed_it(s):
    made = point(s, "Annas nye medicin", by="teacher")
    assert made.contributed_by == s.members["teacher"].recipient
    mended = actions.change_agenda_point(by=s.tovholder, point=made, text="Annas medicin")
    assert mended.contributed_by == s.members["teacher"].recipient, "mending it does not make it one's own"
    theirs = point(s, "Annas medicin", by="teacher", raised_by_person=s.person("anna"))
    assert theirs.contributed_by == "", "the family's own is no department's"


def test_C5_presence_at_the_meeting_opens_no_point(client, s):
    """What stands on the board was said in the room; the agenda was not (C5)."""
    seat(s, "unge", "job", "teacher", "anna", "freja")
    point(s, "Annas nye medicin")
    assert "medicin" not in page(client, s, s.teacher)


def test_C6_whoever_writes_a_point_they_may_not_see_is_told(client, s):
    client.force_login(s.teacher)
    raised = f"p{s.person('anna').pk}"
    url = reverse("meetings:point_add", args=[s.meeting.pk])
    answer = client.post(url, {"text": "Min medicin", "raised": raised}, follow=True).content.decode()
    assert "Punktet er gemt. Du må ikke selv se det igen: samtykke mangler." in answer
    assert "Min medicin" not in answer
    answer = client.post(url, {"text": "Annas skole", "raised": ""}, follow=True).content.decode()
    assert "Annas skole" in answer


# --- its own page ------------------------------------------------------------------------------------------------------------
def test_C5_a_point_that_may_not_be_seen_is_not_found(client, s):
    made = point(s, "Annas nye medicin")
    actions.set_role(by=s.tovholder, meeting=s.meeting, role="moedeleder", participation=s.members["teacher"])
    client.force_login(s.teacher)
    assert client.get(reverse("meetings:point", args=[made.pk])).status_code == 404
    for name in ("point", "point_move", "point_remove"):
        assert client.post(reverse(f"meetings:{name}", args=[made.pk]), {"text": "x"}).status_code == 404
    assert AgendaPoint.objects.filter(pk=made.pk).exists()


def fields(made, **more):
    given = {"text": made.text, "raised": "", "minutes": "", "row_version": made.row_version, "topic": made.topic_id}
    return given | {"about": [one.pk for one in made.about.all()], "kept_from": []} | more


def test_C5_M8_the_marks_are_mended_on_the_points_page(client, s):
    made = point(s, "Skolevejen")
    url = reverse("meetings:point", args=[made.pk])
    client.force_login(s.tovholder)
    shown = client.get(url).content.decode()
    assert "Hvem handler det om?" in shown
    health = Topic.objects.get(key="helbred")
    given = fields(made, topic=health.pk, about=[s.person("viggo").pk], kept_from=[s.person("carl").pk])
    assert client.post(url, given).status_code == 302
    assert marks(made) == ({"Viggo"}, "helbred")
    assert list(made.kept_from.all()) == [s.person("carl")]
    assert client.post(url, fields(made, about=[])).status_code == 302
    assert marks(made)[0] == set(), "about nobody: free to all"


def test_C2_C5_the_form_of_a_point_keeps_a_topic_that_has_gone_out_of_use(client, s):
    made = point(s, "Skolevejen")
    topic = made.topic
    topic.is_active = False
    topic.save()
    url = reverse("meetings:point", args=[made.pk])
    client.force_login(s.tovholder)
    assert f'value="{topic.pk}" selected>{topic.name} (bruges ikke mere)' in client.get(url).content.decode()
    assert client.post(url, fields(made, about=[s.person("viggo").pk], topic=topic.pk)).status_code == 302
    assert marks(made) == ({"Viggo"}, topic.key)


def test_C5_marks_of_people_the_writer_may_not_know_of_stay(client):
    s = sitting(yes=("anna",))
    made = point(s, "Anna og Carl", by="teacher", raised_by=s.members["teacher"])
    client.force_login(s.teacher)
    url = reverse("meetings:point", args=[made.pk])
    shown = client.get(url).content.decode()
    assert shown.count("Carl") == 1, "in the words that they wrote themselves, and in no list"
    given = fields(made, about=[s.person("anna").pk], raised=f"d{s.members['teacher'].pk}", minutes="5")
    assert client.post(url, given).status_code == 302
    assert marks(made)[0] == {"Anna", "Carl"}


def test_C5_marks_follow_the_words_until_somebody_sets_them_by_hand(s):
    made = point(s, "Skolevejen")
    actions.change_agenda_point(by=s.tovholder, point=made, text="Annas medicin")
    assert marks(made) == ({"Anna"}, "helbred")
    by_hand = {"about": [s.person("anna"), s.person("bo")], "topic": Topic.objects.get(key="misbrug")}
    actions.change_agenda_point(by=s.tovholder, point=made, text="Annas medicin", **by_hand)
    actions.change_agenda_point(by=s.tovholder, point=made, text="Annas skole")
    assert marks(made) == ({"Anna", "Bo"}, "misbrug"), "what was set by hand stays"
    actions.change_agenda_point(by=s.tovholder, point=made, text="Annas skole og Viggo", **by_hand)
    assert marks(made) == ({"Anna", "Bo", "Viggo"}, "misbrug"), "and whoever is named anew is marked"
    phase = point(s, "Familiens mål")
    actions.change_agenda_point(by=s.tovholder, point=phase, text="Familiens mål: Annas medicin")
    assert marks(phase) == ({"Anna"}, "helbred"), "a phase that is written on is no phase any more"


def test_C5_a_point_is_marked_only_with_people_of_the_forloeb(s):
    other = sitting()
    with pytest.raises(ValidationError, match="forløbet nu"):
        point(s, "Skolen", about=[other.person("anna")])
    with pytest.raises(ValidationError, match="selv sagde"):
        point(s, "Min skole", raised_by_person=s.person("freja"), kept_from=[s.person("freja")])


def test_C5_a_step_counts_only_points_that_the_mover_sees(client, s):
    for name in list(s.meeting.agenda.all()):
        name.delete()
    first, hidden, last = (point(s, text) for text in ("Skolen", "Annas nye medicin", "Klassen"))
    actions.set_role(by=s.tovholder, meeting=s.meeting, role="moedeleder", participation=s.members["teacher"])
    client.force_login(s.teacher)
    client.post(reverse("meetings:point_move", args=[last.pk]), {"step": "-1"})
    assert list(s.meeting.agenda.all()) == [last, first, hidden]


# --- sentences without marks --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["Annas nye medicin", "Frejas stofmisbrug", "Hjælp til gælden"])
def test_C5_purpose_and_cancellation_are_judged_by_what_they_tell(client, s, text):
    for name in ("anna", "freja"):
        refuse(s, name, s.members["teacher"], "helbred", "misbrug", "oekonomi")
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose=text)
    assert text in page(client, s, s.tovholder)
    assert text not in page(client, s, s.teacher)
    actions.cancel_meeting(by=s.tovholder, meeting=s.meeting, reason=text)
    actions_page = page(client, s, s.teacher)
    assert text not in actions_page
    assert "Mødet er aflyst." in actions_page
    assert f"Aflyst: {text}" in page(client, s, s.tovholder)


def test_C5_a_sentence_that_tells_of_nobody_and_nothing_is_free(client):
    s = sitting(yes=())
    actions.change_meeting(by=s.tovholder, meeting=s.meeting, purpose="Hvor langt er vi, og hvad er det næste?")
    assert "Hvor langt er vi" in page(client, s, s.teacher)


# --- around --------------------------------------------------------------------------------------------------------------------
def test_C7_a_withdrawal_is_told_how_many_points_close(s):
    point(s, "Annas nye skole")

    def told(name, **scope):
        loss = loss_of(s.person(name), load_basis(s.case.forloeb), **scope)
        return list(agenda_points_concerned(s.case.forloeb, s.person(name), loss))

    teacher, psyk = s.members["teacher"].recipient, s.members["psyk"].recipient
    (one,) = told("anna", recipients=[teacher])
    assert one.title == "1 punkt på en dagsorden"
    assert "skole" not in one.text
    assert not told("bo")
    assert not told("anna", recipients=[psyk]), "they do not see it as it is"
    refuse(s, "anna", s.members["teacher"], "skole")
    assert not told("anna", recipients=[teacher])


def test_the_number_of_queries_does_not_grow_with_the_points(client, s, django_assert_max_num_queries):
    client.force_login(s.tovholder)
    url = reverse("meetings:page", args=[s.meeting.pk])
    client.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(12):
        point(s, f"Anna og Freja {number}", raised_by_person=s.person("freja"))
    with django_assert_max_num_queries(len(few)):
        client.get(url)
