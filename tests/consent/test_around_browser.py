"""The pages around the consents in the browser: no fault that axe finds, nothing wider than the screen (C10–C12, M4, F12)."""

import pytest
from django.urls import reverse

from tests.consent.test_clues import shelter
from tests.consent.test_exchange import log
from tests.consent.test_network import add
from tests.meetings.factories import attendance_of, note, seat, sitting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.any_database
def test_C10_C11_C12_M4_F12_the_pages_have_no_fault_axe_finds(signed_in_page, axe):
    s = sitting(yes=("anna", "bo", "carl", "freja"))
    shelter(s)
    add(s)
    row = log(s)
    note(s, "Freja hentes på Kanariehøj 17", about=["freja"], topic="familie")
    seat(s, "unge", "job", "anna", "bo", "freja")
    forloeb, meeting = s.case.forloeb.pk, s.meeting.pk
    page = signed_in_page(s.tovholder)
    for url in (
        reverse("consent:network", args=[forloeb]),
        reverse("consent:exchanges", args=[forloeb]),
        reverse("consent:told", args=[row.pk]),
        reverse("consent:clues", args=[forloeb]),
        reverse("cases:escalations", args=[forloeb]),
        reverse("meetings:may_it_be_said", args=[meeting]),
        reverse("meetings:board_pdf", args=[meeting, attendance_of(s, "bo").pk]),
    ):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(url)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url
        axe(page)
