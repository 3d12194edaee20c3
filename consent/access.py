"""Who may open the consents (C8), on top of who may what in a forløb (`cases.access`)."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from consent.models import Guidance, GuidanceRead
from organisation.access import is_koordinator, is_system_admin
from organisation.models import User
from web.errors import Refused
from web.told import has_text


def current_guidance() -> Guidance | None:
    """The newest guidance in use today, or None while the municipality has published none."""
    return _in_use().first()


def _in_use() -> QuerySet[Guidance]:
    return Guidance.objects.filter(published_on__lte=timezone.localdate()).order_by("-number")


def read_by(user: User) -> Exists:
    """Expression over a guidance: has this employee confirmed it?"""
    return Exists(GuidanceRead.objects.filter(user=user, guidance=OuterRef("pk")))


def guidance_read_by(user: User) -> Subquery:
    """`has_read_guidance` as an expression to fetch with other rows: False when unread, None while there is none."""
    return Subquery(_in_use().annotate(is_read=read_by(user)).values("is_read")[:1])


def has_read_guidance(user: User) -> bool:
    """Has this employee confirmed the version in use (C8)? True while there is none to read."""
    found = _in_use().annotate(is_read=read_by(user)).values_list("is_read", flat=True).first()
    return found is not False


def read_on(user: User, guidance: Guidance) -> datetime | None:
    """When this employee confirmed a version (C8)."""
    return GuidanceRead.objects.filter(user=user, guidance=guidance).values_list("at", flat=True).first()


def demand_guidance(user: User, *_: object) -> None:
    """For opening the board and for sharing. Raises `Refused` when the current guidance is not confirmed."""
    if not has_read_guidance(user):
        raise Refused(
            "Læs vejledningen om samtykke først. Den ligger på siden »Vejledning om samtykke«. Det tager to minutter."
        )


def unread_by(users: list[User]) -> list[User]:
    """Those of the users who have not confirmed the version in use: shown to the tovholder (C8). Two queries."""
    guidance = current_guidance()
    if guidance is None:
        return []
    read = set(GuidanceRead.objects.filter(guidance=guidance, user__in=users).values_list("user_id", flat=True))
    return [user for user in users if user.pk not in read]


def may_edit_texts(user: User) -> bool:
    """The consent text is the municipality's: its koordinator and system administrator write new versions."""
    return is_koordinator(user) or is_system_admin(user)


def demand_text_editor(user: User) -> None:
    """Raises `Refused` for all but the koordinator and the system administrator."""
    if not may_edit_texts(user):
        raise Refused("Samtykketeksten skrives af koordinatoren eller systemadministratoren.")


View = Callable[..., HttpResponseBase]


def sent_to_guidance(request: HttpRequest) -> HttpResponseBase:
    """The answer to who has not confirmed the guidance. Raises `Refused` where something was written, so that it is kept."""
    if has_text(request) or request.headers.get("HX-Request") == "true":
        demand_guidance(request.user)  # type: ignore[arg-type]
    return redirect(f"{reverse('consent:guidance')}?{urlencode({'videre': request.path})}")


def guided(view: View) -> View:
    """Decorator, under `route` or under what loads: send who has not confirmed the guidance to it, and back again
    afterwards (C8). What was written is not lost on the way: it is refused, and shown again."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not has_read_guidance(request.user):  # type: ignore[arg-type]
            return sent_to_guidance(request)
        return view(request, *args, **kwargs)

    return checked
