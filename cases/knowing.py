"""Whom of a family a department may know of, and whose cases (C5). The consents stand above this app and register it."""

from collections.abc import Callable, Iterable
from uuid import UUID

from cases.models import Forloeb, Participation

Knows = Callable[[UUID], bool]
KnowsCase = Callable[[UUID, UUID, str], bool]  # the person, the department, the department's name
MayReadLabel = Callable[[str], bool]
MayReadText = Callable[[str, str], bool]
_rules: list[Callable[[Forloeb, str], Knows]] = []
_case_rules: list[Callable[[Forloeb, str], KnowsCase]] = []
_label_rules: list[Callable[[Forloeb, str], MayReadLabel]] = []
_name_rules: list[Callable[[Forloeb, str], MayReadLabel]] = []
_text_rules: list[Callable[[Forloeb, str], MayReadText]] = []


def register(
    rule: Callable[[Forloeb, str], Knows],
    cases: Callable[[Forloeb, str], KnowsCase],
    labels: Callable[[Forloeb, str], MayReadLabel],
    names: Callable[[Forloeb, str], MayReadLabel],
    texts: Callable[[Forloeb, str], MayReadText],
) -> None:
    """Called once, when the app with the consents is ready."""
    _rules[:], _case_rules[:], _label_rules[:] = [rule], [cases], [labels]
    _name_rules[:], _text_rules[:] = [names], [texts]


def known_to(forloeb: Forloeb, recipient: str) -> Knows:
    """Whether a recipient may know that a person takes part. Without a rule nobody may."""
    return _rules[0](forloeb, recipient) if _rules else lambda person: False


def case_known_to(forloeb: Forloeb, recipient: str) -> KnowsCase:
    """Whether a recipient may know that a person has a case in a department. Without a rule nobody may."""
    return _case_rules[0](forloeb, recipient) if _case_rules else lambda person, department, name: False


def label_known_to(forloeb: Forloeb, recipient: str) -> MayReadLabel:
    """Whether a label, e.g. an employee's function, names only persons that a recipient may know of. Without a rule: no."""
    return _label_rules[0](forloeb, recipient) if _label_rules else lambda label: not label


def names_told(rows: Iterable[Participation], forloeb: Forloeb, recipient: str) -> list[Participation]:
    """The rows as a recipient may be shown them: an external whose name, »mors misbrugskonsulent«, tells what the recipient
    may not have is »En ekstern«. Without a rule each of them is. No query without an external."""
    found = list(rows)
    externals = [row for row in found if not row.user_id]
    may_read = _name_rules[0](forloeb, recipient) if _name_rules and externals else lambda name: False
    for row in externals:
        row.is_nameless = not may_read(row.external_name)
    return found


def text_known_to(forloeb: Forloeb, recipient: str) -> MayReadText:
    """Whether a recipient may have a free text that carries no marks, e.g. why a forløb was handed over.

    In: the text, and which department wrote it, as `Participation.recipient` ("" when nobody's own). Without a rule: no.
    """
    return _text_rules[0](forloeb, recipient) if _text_rules else lambda text, written_by: False
