"""Én Plan on paper, limited to its reader (P6)."""

from dataclasses import dataclass
from typing import Any

from consent.sharing import Basis
from consent.unmarked import may_read
from documents import pdf
from meetings.models import SmileyRating
from plans import front, tree
from plans.beside import Beside, beside_of
from plans.models import PlanItem, PlanVersion
from plans.readers import Addressee
from web.dates import as_date

TEMPLATE = "plans/pdf/en_plan.html"
FACES = {1: "Slet ikke godt", 2: "Ikke så godt", 3: "Midt imellem", 4: "Godt", 5: "Rigtig godt"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One reader's rendered plan, with the rows whose words stand in it and what stands beside them."""

    content: bytes
    shown: list[PlanItem]
    beside: Beside
    left_out: int


def render(version: PlanVersion, items: list[PlanItem], page: front.Page, addressee: Addressee, basis: Basis) -> Paper:
    """Én Plan for one reader. Raises documents.pdf.PdfError with a Danish message."""
    mine = tree.read(items, addressee.reader, basis, page["voices"])
    context = context_for(version, mine, page, addressee, basis)
    facts = _facts(version, page, context)
    content = pdf.render(TEMPLATE, context, **facts)
    kept = beside_of(context["front"], context["correction"], mine, basis, pdf.words(TEMPLATE, context, **facts))
    return Paper(content, mine.shown, kept, mine.left_out)


def words(version: PlanVersion, items: list[PlanItem], page: front.Page, addressee: Addressee, basis: Basis) -> str:
    """Everything that would stand in this reader's paper, as text; nothing is made."""
    mine = tree.read(items, addressee.reader, basis, page["voices"])
    context = context_for(version, mine, page, addressee, basis)
    return pdf.words(TEMPLATE, context, **_facts(version, page, context))


def _facts(version: PlanVersion, page: front.Page, context: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "Fælles Familier – Én Plan",
        "version_label": f"Version {version.number}",
        "on": as_date(context["front"].meeting_at),
        "reference": f"Forløb {page['forloeb']}",
    }


def context_for(
    version: PlanVersion, mine: tree.Tree, page: front.Page, addressee: Addressee, basis: Basis
) -> dict[str, Any]:
    cut = front.for_reader(page, addressee.reader, basis)
    is_family = addressee.person is not None
    return {
        "version": version,
        "tree": mine,
        "since": tree.told_since(mine),
        "front": cut,
        "page": page,
        "correction": _correction(version, addressee, basis),
        "addressee": addressee.label,
        "left_out": 0 if is_family or addressee.department is None else mine.left_out,
        "is_family": is_family,
        "smiley": _own_smiley(version, addressee),
        "faces": FACES.items(),
        "before": version.corrects or _before(version),
    }


def _correction(version: PlanVersion, addressee: Addressee, basis: Basis) -> str:
    """What is corrected, for who may have it; the others only read that something is (C5, P5)."""
    may = may_read(addressee.reader, version.correction, basis)
    return version.correction if may else ""


def _own_smiley(version: PlanVersion, addressee: Addressee) -> int:
    """The reader's own answer on the ruler, never anybody else's (M9). 0 = has not answered."""
    if addressee.person is None:
        return 0
    own = SmileyRating.objects.filter(meeting=version.meeting_id, person=addressee.person).first()
    return own.value if own else 0


def _before(version: PlanVersion) -> PlanVersion | None:
    return (
        version.plan.versions.finished()
        .filter(number__lt=version.number)
        .exclude(meeting=version.meeting_id)
        .select_related("meeting")
        .order_by("-number")
        .first()
    )
