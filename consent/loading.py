"""Decorators that hand a view the person, declaration or withdrawal itself, authorised and logged (`cases.access`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from cases.access import demand_tovholder, forloeb_view, loads
from cases.models import Forloeb, Person
from consent.access import guided
from consent.models import Declaration, Withdrawal, WithdrawalNotice

View = Callable[..., HttpResponseBase]


def person_view(*, channel: str = "page", needs_guidance: bool = True) -> Callable[[View], View]:
    """`def view(request, forloeb, person)` for the tovholder; a person who was never in the forløb is 404."""

    def decorate(view: View) -> View:
        inner = guided(view) if needs_guidance else view

        @forloeb_view(demand_tovholder, channel=channel)
        @wraps(view)
        def loaded(request: HttpRequest, forloeb: Forloeb, person_pk: UUID) -> HttpResponseBase:
            person = Person.objects.filter(pk=person_pk, in_forloeb__forloeb=forloeb).first()
            if person is None:
                raise Http404
            request.told_about = [person.pk]  # type: ignore[attr-defined]
            return inner(request, forloeb, person)

        return loaded

    return decorate


def _tells_about_one(view: View) -> View:
    @wraps(view)
    def told(request: HttpRequest, found: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.told_about = [found.person_id]  # type: ignore[attr-defined]
        return view(request, found, *args, **kwargs)

    return told


def _declaration(pk: UUID) -> Declaration:
    return Declaration.objects.select_related("forloeb__family", "person", "text", "informed_by").get(pk=pk)


def _withdrawal(pk: UUID) -> Withdrawal:
    return Withdrawal.objects.select_related("forloeb__family", "person", "told_by", "receipt").get(pk=pk)


def declaration_view(*, channel: str = "page") -> Callable[[View], View]:
    """`def view(request, declaration)` for the tovholder of its forløb."""
    load = loads(_declaration, lambda found: found.forloeb, demand_tovholder, channel=channel)
    return lambda view: load(guided(_tells_about_one(view)))


def withdrawal_view(*, channel: str = "page") -> Callable[[View], View]:
    """`def view(request, withdrawal)` for the tovholder of its forløb. The guidance is not asked for (C7)."""
    load = loads(_withdrawal, lambda found: found.forloeb, demand_tovholder, channel=channel)
    return lambda view: load(_tells_about_one(view))


def _notice(pk: UUID) -> WithdrawalNotice:
    return WithdrawalNotice.objects.select_related("withdrawal__forloeb__family").get(pk=pk)


def notice_view(view: View) -> View:
    """`def view(request, notice)` for the tovholder and for whom it is to; for the others it is not there (C5, C6)."""

    @loads(_notice, lambda found: found.withdrawal.forloeb)
    @wraps(view)
    def loaded(request: HttpRequest, notice: WithdrawalNotice) -> HttpResponseBase:
        standing = request.standing  # type: ignore[attr-defined]
        if not standing.is_tovholder and standing.recipient != notice.recipient:
            raise Http404
        return view(request, notice)

    return loaded
