"""What a forløb lacks of people before it may become active, in plain words (F1, F2, F5). Consent adds its own lines."""

from dataclasses import dataclass

from cases.models import Forloeb, ForloebPerson, Participation


@dataclass(frozen=True, slots=True)
class Missing:
    """One line of "Hvad mangler?". text: the thing itself; done: shown ticked; url_name: the page where it is mended."""

    text: str
    done: bool
    url_name: str = ""


def missing_people(forloeb: Forloeb) -> list[Missing]:
    """Tovholder, focus person and two departments. Two queries."""
    parts = list(Participation.objects.open().filter(forloeb=forloeb).select_related("department"))
    tovholder = any(part.role == "tovholder" for part in parts)
    people = list(
        ForloebPerson.objects.filter(forloeb=forloeb, to_date__isnull=True).values_list("is_focus", flat=True)
    )
    return [
        Missing(
            "Tovholder er valgt" if tovholder else "En tovholder fra en myndighed", tovholder, "cases:participants"
        ),
        _focus(people),
        _departments(sorted({part.department.name for part in parts if part.department})),
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
