"""The overview is the koordinator's (O6)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from organisation.access import is_koordinator
from organisation.models import User
from web.danish import listed
from web.errors import Refused


def demand_koordinator(by: User) -> None:
    """Raises `Refused` with the name of who can."""
    if is_koordinator(by):
        return
    names = [f"{who.name}, {who.phone}" if who.phone else who.name for who in User.objects.koordinators().by_name()]
    raise Refused(f"Overblikket er koordinatorens. {_line(names)}")


def _line(names: list[str]) -> str:
    if not names:
        return "Kommunen har ingen koordinator lige nu. Systemadministratoren kan give en medarbejder rollen."
    return f"Det er {listed(names)}."


def koordinator_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: refused (403) to everybody else."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        demand_koordinator(request.user)  # type: ignore[arg-type]
        return view(request, *args, **kwargs)

    return checked
