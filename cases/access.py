"""Who may what in a forløb, and the decorators that load and authorise before a view sees anything.

Invisible = 404, exactly as if it did not exist; visible but not allowed = `Refused` (403, with who can).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, Model
from django.http import Http404, HttpRequest, HttpResponseBase

from audit import log
from cases.models import Barred, Forloeb, Participation, ParticipationRole
from organisation.models import User
from web.errors import Refused


@dataclass(frozen=True, slots=True)
class Standing:
    """A user's part in one forløb on this request."""

    participation: Participation

    @property
    def is_tovholder(self) -> bool:
        return self.participation.role == ParticipationRole.TOVHOLDER

    @property
    def recipient(self) -> str:
        return self.participation.recipient

    @property
    def role(self) -> str:
        """The role held: the purpose that the access log keeps (C13)."""
        return self.participation.role


def standing_of(user: User, forloeb: Forloeb) -> Standing | None:
    """The user's open participation in the forløb, or None: not there, ended, barred, or no longer employed there.

    One query; the same rule as `ForloebQuerySet.visible_to`, which a test holds equal.
    """
    # Asked on every page and again at every act, and at most one row (participation_open_once): nothing is sorted, and only
    # the department is joined.
    here = Participation.objects.giving_access().filter(user=user, forloeb=forloeb)
    barred = Barred.objects.filter(user=user, forloeb=forloeb)
    for participation in here.filter(~Exists(barred)).select_related("department").order_by()[:1]:
        participation.user = user
        return Standing(participation)
    return None


def can_lead(user: User, forloeb: Forloeb) -> bool:
    """Only the active tovholder leads: people, participants, consents, state, meetings (F5, F6)."""
    standing = standing_of(user, forloeb)
    return standing is not None and standing.is_tovholder


def demand_tovholder(by: User, forloeb: Forloeb) -> Standing:
    """The tovholder's standing. Raises `Refused` with the name of who can (an invisible forløb is 404 before this)."""
    standing = standing_of(by, forloeb)
    if standing is not None and standing.is_tovholder:
        return standing
    raise Refused(f"Det kan kun tovholderen. {tovholder_line(forloeb)}")


def demand_participant(by: User, forloeb: Forloeb) -> Standing:
    """The standing of somebody who takes part. Raises `Refused` when the user does not (any more)."""
    standing = standing_of(by, forloeb)
    if standing is None:
        raise Refused("Det kan kun de medarbejdere, der er med i forløbet.")
    return standing


def demand_open(forloeb: Forloeb) -> None:
    """An ended forløb is read only. Raises `Refused`."""
    if forloeb.is_ended:
        raise Refused("Forløbet er afsluttet. Tovholderen kan genåbne det.")


def tovholder_line(forloeb: Forloeb) -> str:
    """»Tovholder er Mette Lindskov, 09 31 23 10.« or an empty string when nobody is."""
    tovholder = Participation.objects.open().tovholder().filter(forloeb=forloeb).select_related("user").first()
    if tovholder is None or tovholder.user is None:
        return ""
    phone = f", {tovholder.user.phone}" if tovholder.user.phone else ""
    return f"Tovholder er {tovholder.user.name}{phone}."


NO_LEADER = "Har afdelingen ingen leder, kan koordinatoren."


def may_hand_over(user: User, forloeb: Forloeb) -> bool:
    """F5: the tovholder; or the leader of the tovholder's department, so that nobody's leaving leaves a forløb alone;
    the koordinator where that department has no leader."""
    return can_lead(user, forloeb) or Participation.objects.led_under(user).filter(forloeb=forloeb).exists()


def koordinator_line() -> str:
    """»Ring til koordinator Birgit Ørsted, 09 31 20 80.«"""
    koordinator = User.objects.koordinators().by_name().first()
    if koordinator is None:
        return "Spørg din leder."
    phone = f", {koordinator.phone}" if koordinator.phone else ""
    return f"Ring til koordinator {koordinator.name}{phone}."


def who_may_lead() -> str:
    """Who can, when somebody may not start or lead (O4, F5)."""
    return f"Det kan en medarbejder i en myndighed. {koordinator_line()}"


Check = Callable[[User, Forloeb], object]
View = Callable[..., HttpResponseBase]


def loads(
    find: Callable[[UUID], Model],
    forloeb_of: Callable[[Any], Forloeb],
    check: Check | None = None,
    *,
    channel: str = "page",
) -> Callable[[View], View]:
    """Decorator factory: hand the view the object itself, never a key, and log the delivery.

    find: from a key to the object (with `select_related` up to the forløb); raises DoesNotExist.
    forloeb_of: from the object to its forløb. check: a `demand_*` that raises `Refused`.
    The view gets `request.standing` and may narrow `request.told_about` (ids of persons; default: all of the forløb).
    Redirects, refusals and 404 deliver nothing and are not logged; everything else is, in the same transaction.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def loaded(request: HttpRequest, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                found = find(pk)
            except ObjectDoesNotExist as missing:
                raise Http404 from missing
            forloeb = forloeb_of(found)
            standing = standing_of(request.user, forloeb)  # type: ignore[arg-type]
            if standing is None:
                raise Http404
            if check is not None:
                check(request.user, forloeb)  # type: ignore[arg-type]
            request.standing = standing  # type: ignore[attr-defined]
            request.told_about = None  # type: ignore[attr-defined]
            response = view(request, found, *args, **kwargs)
            delivers = response.status_code < 300 and response.status_code != 204  # a poll with nothing new
            if delivers or response.status_code in (409, 422):
                log_delivery(
                    request,
                    forloeb,
                    channel="fragment" if getattr(request, "htmx", False) else channel,
                    role=standing.role,
                )
            return response

        return loaded

    return decorate


def forloeb_view(check: Check | None = None, *, channel: str = "page") -> Callable[[View], View]:
    """`loads` for a forløb itself: `def view(request, forloeb)`; URL part `<uuid:pk>`."""
    return loads(
        lambda pk: Forloeb.objects.select_related("family").get(pk=pk), lambda forloeb: forloeb, check, channel=channel
    )


def log_delivery(
    request: HttpRequest,
    forloeb: Forloeb | None,
    *,
    channel: str,
    role: str,
    persons: Iterable[Any] | None = None,
    kind: str = "",
) -> None:
    """Write the access log's row for what this request delivers (C13); call last, after rendering."""
    told = persons if persons is not None else getattr(request, "told_about", None)
    if told is None and forloeb is not None:
        told = forloeb.persons.values_list("person_id", flat=True)
    match = request.resolver_match
    log.delivered(
        by=request.user,
        kind=kind or (match.view_name if match else ""),
        channel=channel,
        role=role,
        forloeb=forloeb,
        persons=told or (),
    )
