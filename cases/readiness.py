"""What a forløb lacks before it may be active, in plain words: people (F1, F2, F5), and what the apps above require.

The consents stand above this app and register their own lines (F4, C7).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from cases.models import Forloeb, ForloebPerson, Participation
from web.danish import danish_sorted


@dataclass(frozen=True, slots=True)
class Missing:
    """One line of "Hvad mangler?". text: the thing itself; done: shown ticked; url_name: the page where it is mended."""

    text: str
    done: bool
    url_name: str = ""


_required: list[Callable[[Forloeb], Iterable[Missing]]] = []


def register(lines: Callable[[Forloeb], Iterable[Missing]]) -> None:
    """Called once, when the app with the consents is ready."""
    _required[:] = [lines]


def not_ready(forloeb: Forloeb) -> list[str]:
    """What must be mended before the forløb can go on as active, in words; empty when nothing stands in the way."""
    lines = [*missing_people(forloeb), *(line for required in _required for line in required(forloeb))]
    return [line.text for line in lines if not line.done]


def missing_people(forloeb: Forloeb) -> list[Missing]:
    """Tovholder, focus person and two departments. Two queries."""
    parts = Participation.objects.open().filter(forloeb=forloeb).select_related("department")
    people = ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True).values_list("is_focus", flat=True)
    return missing_among(list(parts), list(people))


def missing_among(parts: Collection[Participation], people: list[bool]) -> list[Missing]:
    """`missing_people` by who has fetched them. people: of each in the forløb, whether it is mainly about them."""
    tovholder = any(part.role == "tovholder" for part in parts)
    return [
        Missing(
            "Tovholder er valgt" if tovholder else "En tovholder fra en myndighed", tovholder, "cases:participants"
        ),
        _focus(people),
        _departments(danish_sorted({part.department.name for part in parts if part.department})),
    ]


def _focus(people: list[bool]) -> Missing:
    if any(people):
        return Missing("Familien er skrevet på, og det er sagt, hvem forløbet især handler om", True, "cases:people")
    if people:
        return Missing("Sig, hvem i familien forløbet især handler om", False, "cases:people")
    return Missing("Skriv familien på", False, "cases:people")


def _departments(names: list[str]) -> Missing:
    if len(names) >= 2:
        return Missing(f"{len(names)} afdelinger er med", True, "cases:participants")
    only = f"Kun {names[0]} er med nu." if names else "Ingen er med endnu."
    return Missing(f"Mindst to forskellige afdelinger. {only}", False, "cases:participants")
