"""Who may: the tovholder gives a person what they ask for; the koordinator looks through the look-ups (C13, O6)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from cases.access import demand_tovholder, forloeb_view, log_delivery
from cases.models import Forloeb, Person
from organisation.access import is_koordinator
from organisation.models import User
from web.danish import listed
from web.errors import Refused

View = Callable[..., HttpResponseBase]


def demand_reviewer(by: User) -> None:
    """The koordinator. Raises `Refused` with the name of who can."""
    if is_koordinator(by):
        return
    names = [one.name for one in User.objects.koordinators().by_name()]
    who = f"Det er {listed(names)}." if names else "Kommunen har ingen koordinator lige nu."
    raise Refused(f"Opslag gennemses af koordinatoren. {who}")


def subject_view(*, channel: str = "page") -> Callable[[View], View]:
    """Decorator factory: `def view(request, forloeb, person)` for the tovholder; the log is told about that person only.

    A person who is or was in the forløb; anybody else is 404, exactly as if the person did not exist.
    """

    def decorate(view: View) -> View:
        @forloeb_view(demand_tovholder, channel=channel)
        @wraps(view)
        def loaded(request: HttpRequest, forloeb: Forloeb, person: UUID, **kwargs: Any) -> HttpResponseBase:
            found = Person.objects.filter(pk=person, in_forloeb__forloeb=forloeb).distinct().first()
            if found is None:
                raise Http404
            request.told_about = [found.pk]  # type: ignore[attr-defined]
            return view(request, forloeb, found, **kwargs)

        return loaded

    return decorate


def reviewer_view(view: View) -> View:
    """Decorator: the koordinator's; what is shown of the look-ups is itself logged."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        demand_reviewer(request.user)  # type: ignore[arg-type]
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponse) and (response.status_code < 300 or response.status_code == 422):
            log_delivery(request, None, channel="list", role="koordinator", persons=())
        return response

    return checked
