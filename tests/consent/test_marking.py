"""C5: about whom and on what, without an extra click, and a warning when a name is missing."""

import pytest

from consent.marking import people_of, suggest, topic_for, unmarked
from tests.consent.factories import case

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(db):
    return case()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Carl vil gerne i praktik", {"Carl"}),
        ("Carls medicin virker", {"Carl"}),
        ("Mor er træt", {"Anna"}),
        ("mors arbejde", {"Anna"}),
        ("Far henter i skole", {"Bo", "Carl"}),
        ("Det går godt i skolen", {"Freja"}),
        ("Freja og Viggo leger godt", {"Freja", "Viggo"}),
        ("BOS nye lejlighed", {"Bo"}),
        ("Boligen er for lille", {"Freja"}),
        ("Freja vil gerne bo tættere på skolen", {"Freja"}),
        ("Freja vil bo hos Bo", {"Freja", "Bo"}),
        ("Bo henter Freja", {"Freja", "Bo"}),
        ("»Bos« bil er i stykker", {"Bo"}),
        ("freja leger med viggo", {"Freja", "Viggo"}),
        ("carls medicin virker", {"Carl"}),
        ("Carl's medicin virker", {"Carl"}),
        ("Bo’s bil er i stykker", {"Bo"}),
    ],
)
def test_C5_about_whom_is_read_from_names_and_relations(family, text, names):
    found = suggest(people_of(family.forloeb), text)
    assert {person.first_name for person in found.about} == names
    assert found.unmarked_names == ()


def test_C5_who_said_it_is_always_among_those_it_is_about(family):
    found = suggest(people_of(family.forloeb), "Jeg har det svært", said_by=family.carl)
    assert found.about == {family.carl}
    found = suggest(people_of(family.forloeb), "Freja sover dårligt", said_by=family.anna)
    assert {person.first_name for person in found.about} == {"Anna", "Freja"}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Carl har været ædru siden juni", "misbrug"),
        ("Lægen ændrer medicinen", "helbred"),
        ("Anna vil i praktik", "beskaeftigelse"),
        ("Huslejen er for dyr", "oekonomi"),
        ("Meget fravær fra 8. klasse", "skole"),
        ("Kontaktperson hver uge", "social"),
        ("Til fodbold om tirsdagen", "fritid"),
        ("Freja øver sig i dansk og engelsk", "familie"),
        ("Freja går til dans om onsdagen", "fritid"),
        ("Det er koldt om vinteren, og bussen venter ikke", "familie"),
        ("Han drak vin til maden", "misbrug"),
        ("Carl får fuldtid i en butik", "familie"),
        ("Det er godt", "familie"),
        ("", "familie"),
    ],
)
def test_C2_the_topic_is_read_from_the_words(text, topic):
    assert topic_for(text).key == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Har ondt i ryggen og sover dårligt", "helbred"),
        ("Går til behandling", "helbred"),
        ("Carl får antidepressiver af sin egen læge", "helbred"),
        ("Hun har mareridt og vågner om natten", "helbred"),
        ("Mor er blevet opereret i knæet", "helbred"),
        ("Anna venter svar på en scanning", "helbred"),
        ("Freja er bange for vægten og har en spiseforstyrrelse", "helbred"),
        ("Mor skal føde: fødslen er i marts", "helbred"),
        ("Viggo er næsten blind og sidder i kørestol", "helbred"),
        ("Han har skrevet, at han tænker på selvmord", "helbred"),
        ("Der bliver drukket hver aften", "misbrug"),
        ("Carl har været på druk igen", "misbrug"),
        ("Hun tager for mange piller", "misbrug"),
        ("Han ryger joints med vennen", "misbrug"),
        ("Bo har abstinenser", "misbrug"),
        ("De skylder tre måneder", "oekonomi"),
        ("Fogeden kommer på torsdag", "oekonomi"),
        ("Mor står i RKI", "oekonomi"),
        ("Carl slår, når han er vred", "social"),
        ("Anna har boet på krisecenter på grund af vold", "social"),
        ("Viggo kom i familiepleje som lille", "social"),
        ("Der er lavet en underretning om omsorgssvigt", "social"),
    ],
)
def test_C5_everyday_words_for_what_is_sensitive_are_not_filed_as_family(text, topic):
    assert topic_for(text).key == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Aftalen gælder til sommer", "familie"),
        ("Det skyldes, at bussen kører for sent", "familie"),
        ("Vi plejer at spise klokken seks", "familie"),
        ("Det har været en voldsom uge", "familie"),
        ("Der går rygter i byen", "familie"),
        ("Freja har fødselsdag på lørdag", "familie"),
        ("Mor husker rygsækken", "familie"),
        ("Viggo er ved at drukne i papirer", "familie"),
        ("Læreren ringer om fraværet i klassen", "skole"),
        ("Pædagogen i SFO'en følger Viggo hjem", "skole"),
        ("Carl skal til jobsamtale i en virksomhed", "beskaeftigelse"),
        ("Anna begynder på en uddannelse efter ferien", "beskaeftigelse"),
        ("Freja vil gerne spille håndbold i klubben", "fritid"),
        ("Svømning om onsdagen", "fritid"),
    ],
)
def test_C2_ordinary_sentences_go_where_they_went(text, topic):
    assert topic_for(text).key == topic


def test_C2_a_draw_goes_to_the_sensitive_topic(family):
    assert topic_for("medicin i skolen").key == "helbred"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Far hentede Freja hos mor, fordi mor var på afvænning", "misbrug"),
        ("Mormor, morfar og søster tog med, da mor blev indlagt", "helbred"),
        ("Freja har fravær fra skole, klasse og lektier, fordi hun har angst", "helbred"),
        ("Kontaktpersonen støtter far, når han drikker", "misbrug"),
        ("Jobcenteret har skrevet cv og fundet praktik, men sygdommen kom i vejen", "helbred"),
    ],
)
def test_C5_one_sensitive_word_outweighs_any_number_of_others(text, topic):
    assert topic_for(text).key == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Freja sover hos mormor hver anden weekend", "familie"),
        ("Far sørger for mad og drikke til klassens fest", "skole"),
        ("Viggo har drikkedunk og madpakke med i børnehave", "skole"),
        ("Mor drikker kaffe med sin veninde om fredagen", "familie"),
        ("Anna vil helst arbejde på fuld tid", "beskaeftigelse"),
        ("Vi kan for eksempel ringe til læreren", "skole"),
        ("Mor samler kræfter i ferien", "familie"),
        ("Carl har ondt af sin bror", "familie"),
        ("Far skriver sit fulde navn på kontrakten om boligen", "oekonomi"),
        ("Farmor sover hos os, når far drikker", "misbrug"),
        ("Flytter samtaler til efter kl. 10", "familie"),
        ("Mor flytter til Odense", "oekonomi"),
        ("For eksempel eksem og kræft", "helbred"),
    ],
)
def test_C2_a_turn_of_speech_is_no_secret(text, topic):
    assert topic_for(text).key == topic


@pytest.mark.parametrize(
    ("text", "is_guess"),
    [
        ("Mor er indlagt efter et tilbagefald", True),  # two sensitive topics, and a note has one
        ("Carl er bange for at falde i igen, når det bliver jul", True),  # long, of somebody, and no word of any topic
        ("Mor er indlagt", False),
        ("Mor er indlagt, så far henter i skole og børnehave hele ugen", False),
        ("Carl er bange for at falde i igen", False),
        ("Det går rigtig godt, og det skal vi huske at glæde os over", False),  # of nobody
    ],
)
def test_C5_a_topic_that_the_words_leave_open_is_a_guess(family, text, is_guess):
    assert suggest(people_of(family.forloeb), text).is_guess is is_guess


def test_C5_a_long_text_of_no_topic_in_somebodys_own_words_is_a_guess(family):
    words = "Jeg ved ikke, om jeg kan blive ved med det her meget længere"
    assert suggest(people_of(family.forloeb), words, said_by=family.anna).is_guess
    assert not suggest(people_of(family.forloeb), words).is_guess


def test_C5_a_named_person_who_is_not_marked_is_warned_of(family):
    people = people_of(family.forloeb)
    assert unmarked("Carl og Freja skændes", [family.freja], people) == ("Carl",)
    assert unmarked("Carl og Freja skændes", [family.freja, family.carl], people) == ()
    assert unmarked("Ingen nævnt", [family.freja], people) == ()


def test_the_people_cost_two_queries(family, django_assert_num_queries):
    with django_assert_num_queries(2):
        people_of(family.forloeb)
