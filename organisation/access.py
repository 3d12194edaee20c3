"""Who may what in the organisation. Plain questions about a person; case access lives with the cases.

Each answer is read from the database at the request, so a role taken away acts on the next request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from organisation.models import Department, Employment, User
from web.errors import Refused

Someone = User | AnonymousUser


class SignedInRequest(HttpRequest):
    """The request of a view that only signed-in people reach (the middleware sees to it)."""

    user: User


def is_system_admin(user: Someone) -> bool:
    """Runs the app: departments, employees, externals. It gives no access to any family."""
    return bool(user.is_active and getattr(user, "is_system_admin", False))


def is_koordinator(user: Someone) -> bool:
    """The municipality's koordinator of Fælles Familier (O6)."""
    return bool(user.is_active and getattr(user, "is_koordinator", False))


def may_start(user: Someone) -> bool:
    """O4, F5: employed today in an active authority department of an area whose staff may start (SF and AB).

    The same people may drive a forløb and be its tovholder.
    """
    return (
        isinstance(user, User)
        and user.is_active
        and Employment.objects.current().may_drive().filter(user=user).exists()
    )


def shows_start(user: Someone) -> bool:
    """`may_start` for whether a page shows the button, from what the request has fetched; the act asks `may_start`."""
    return isinstance(user, User) and user.is_active and any(one.department.may_drive for one in user.employed_now)


def may_send_henvendelse(user: Someone) -> bool:
    """O4: employed today in an area that may see a need and send a henvendelse (BS, SF and AB)."""
    return (
        isinstance(user, User)
        and user.is_active
        and Employment.objects.current()
        .filter(user=user, department__is_active=True, department__area__can_send=True)
        .exists()
    )


def shows_henvendelse(user: Someone) -> bool:
    """`may_send_henvendelse` for whether a page shows the link, as `shows_start`."""
    if not isinstance(user, User) or not user.is_active:
        return False
    homes = [one.department for one in user.employed_now]
    return any(home.is_active and home.area.can_send for home in homes)


def is_leader_of(user: Someone, department: Department) -> bool:
    """Leader of that department today."""
    return (
        isinstance(user, User)
        and user.is_active
        and Employment.objects.current().filter(user=user, department=department, is_leader=True).exists()
    )


def admin_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The pages of Drift: for system administrators, refused (403) to everybody else."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_system_admin(request.user):
            raise Refused("Kun en systemadministrator kan se og ændre kommunens opsætning.")
        return view(request, *args, **kwargs)

    return checked
