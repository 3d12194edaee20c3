"""The style page: every part of the look, looked at by axe at the widths people have."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("mette", "Mette Lindskov", "et langt kodeord")


def test_the_style_page_is_for_developers_only(settings):
    assert Client().get("/stil/").status_code == 200
    settings.DEMO = settings.DEBUG = False
    assert Client().get("/stil/").status_code == 404


def test_wrong_fields_answer_422():
    answer = Client().post("/stil/", {"birthday": "31.2.2026"})
    assert answer.status_code == 422
    assert "Der er problemer" in answer.content.decode()


@pytest.mark.any_database
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_axe_finds_nothing(signed_in_page, axe, user, width):
    page = signed_in_page(user)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/stil/")
    axe(page)


@pytest.mark.any_database
def test_no_sideways_scroll_at_320(signed_in_page, user):
    page = signed_in_page(user)
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/stil/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.any_database
def test_icons_and_font_are_there(signed_in_page, user):
    page = signed_in_page(user)
    missing: list[str] = []
    page.on("response", lambda answer: answer.status >= 400 and missing.append(answer.url))
    page.goto("/stil/", wait_until="networkidle")
    assert not missing
    assert page.evaluate("document.fonts.check('16px \"IBM Plex Sans\"')")
    assert page.locator(".ff-late use, .is-late use").first.evaluate("use => use.getBBox().width") > 0


@pytest.mark.any_database
def test_a_failed_save_is_seen_and_the_text_stays(signed_in_page, user):
    page = signed_in_page(user)
    page.goto("/stil/")
    page.evaluate(
        """() => {
            const form = document.querySelector("form.ff-form");
            form.setAttribute("hx-post", "/stil/");
            htmx.process(form);
            form.elements.name.value = "Anton";
        }"""
    )
    for status, words in (
        (500, "Noget gik galt"),
        (503, "kan ikke gemme lige nu"),
        (429, "for hurtigt"),
        (401, "logget af"),
    ):
        page.route("**/stil/", lambda route, request, status=status: route.fulfill(status=status, body=""))
        page.get_by_role("button", name="Prøv felterne").click()
        page.locator("#ff-alert", has_text=words).wait_for(timeout=2000)
        assert page.locator("[name=name]").last.input_value() == "Anton"
        page.unroute("**/stil/")
    page.route("**/stil/", lambda route: route.abort())
    page.get_by_role("button", name="Prøv felterne").click()
    page.locator("#ff-alert", has_text="Vi kan ikke få fat i serveren").wait_for(timeout=2000)


@pytest.mark.any_database
def test_a_text_is_kept_as_a_draft_and_says_so(signed_in_page, user):
    page = signed_in_page(user)
    page.goto("/stil/")
    sent: list[str] = []

    def answer(route, request):
        sent.append(request.post_data or "")
        route.fulfill(status=204 if len(sent) > 1 else 500, body="")

    page.route("**/kladder/**", answer)
    page.evaluate("document.querySelector('form.ff-form').dataset.draftUrl = '/kladder/stil/'")
    page.clock.install()
    page.locator("[name=text]").fill("Anton cykler selv til fodbold")
    page.locator("#id_text_draft", has_text="Ikke gemt endnu.").wait_for()
    page.clock.run_for(2100)
    page.locator("#id_text_draft", has_text="Vi prøver igen").wait_for()
    page.clock.run_for(5100)
    page.locator("#id_text_draft", has_text="Gemt som kladde kl.").wait_for()
    assert "Anton+cykler" in sent[-1]
    assert "cpr=" not in sent[-1]


@pytest.mark.any_database
def test_a_warning_comes_before_the_session_ends_and_the_button_keeps_it(signed_in_page, user):
    page = signed_in_page(user)
    page.clock.install()
    page.goto("/stil/")
    page.clock.run_for(56 * 60 * 1000)
    dialog = page.locator("#ff-session")
    dialog.wait_for(state="visible")
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    page.clock.run_for(61 * 60 * 1000)
    page.locator("#ff-session", has_text="Du er logget af").wait_for()
    assert page.get_by_role("link", name="Log ind igen").get_attribute("href").endswith("next=%2Fstil%2F")
