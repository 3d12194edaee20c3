"""An undefined variable in one of our templates fails the test; third parties' templates keep Django's habit."""

import sys
from pathlib import Path
from types import FrameType

from django.template.base import Node

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


class UndefinedVariable(AssertionError):
    """Carries the variable and the template that asked for it."""


class UndefinedFails(str):
    """For TEMPLATES' `string_if_invalid`: Django asks whether it is true just before it uses it.

    Only then is it known which template is being rendered: the nearest template node on the stack.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        frame: FrameType | None = sys._getframe(1)
        variable = frame.f_locals.get("self") if frame else None
        while frame is not None:
            node = frame.f_locals.get("self")
            origin = getattr(node, "origin", None)
            if isinstance(node, Node) and origin is not None:
                file = Path(origin.name)
                if not file.is_relative_to(TEMPLATES):
                    return False
                line = node.token.lineno if node.token else "?"
                raise UndefinedVariable(f"{variable} is undefined in {file.relative_to(TEMPLATES)}, line {line}")
            frame = frame.f_back
        return False
