"""Whom of a family a department may know of, and whose cases (C5). The consents stand above this app and register it."""

from collections.abc import Callable
from uuid import UUID

from cases.models import Forloeb

Knows = Callable[[UUID], bool]
KnowsCase = Callable[[UUID, UUID, str], bool]  # the person, the department, the department's name
MayReadLabel = Callable[[str], bool]
MayReadText = Callable[[str, str], bool]
_rules: list[Callable[[Forloeb, str], Knows]] = []
_case_rules: list[Callable[[Forloeb, str], KnowsCase]] = []
_label_rules: list[Callable[[Forloeb, str], MayReadLabel]] = []
_text_rules: list[Callable[[Forloeb, str], MayReadText]] = []


def register(
    rule: Callable[[Forloeb, str], Knows],
    cases: Callable[[Forloeb, str], KnowsCase],
    labels: Callable[[Forloeb, str], MayReadLabel],
    texts: Callable[[Forloeb, str], MayReadText],
) -> None:
    """Called once, when the app with the consents is ready."""
    _rules[:], _case_rules[:], _label_rules[:], _text_rules[:] = [rule], [cases], [labels], [texts]


def known_to(forloeb: Forloeb, recipient: str) -> Knows:
    """Whether a recipient may know that a person takes part. Without a rule nobody may."""
    return _rules[0](forloeb, recipient) if _rules else lambda person: False


def case_known_to(forloeb: Forloeb, recipient: str) -> KnowsCase:
    """Whether a recipient may know that a person has a case in a department. Without a rule nobody may."""
    return _case_rules[0](forloeb, recipient) if _case_rules else lambda person, department, name: False


def label_known_to(forloeb: Forloeb, recipient: str) -> MayReadLabel:
    """Whether a label, e.g. an employee's function, names only persons that a recipient may know of. Without a rule: no."""
    return _label_rules[0](forloeb, recipient) if _label_rules else lambda label: not label


def text_known_to(forloeb: Forloeb, recipient: str) -> MayReadText:
    """Whether a recipient may have a free text that carries no marks, e.g. why a forløb was handed over.

    In: the text, and which department wrote it, as `Participation.recipient` ("" when nobody's own). Without a rule: no.
    """
    return _text_rules[0](forloeb, recipient) if _text_rules else lambda text, written_by: False
