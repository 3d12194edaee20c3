"""Search before create (F9): warns of a family that is known, and tells nothing of what the searcher may not see.

Three answers: not known; known from a forløb of the searcher's own (with a link); known, ring to the koordinator. The third
names nobody, no department and no forløb. A colleague who is barred from all that is known gets the first (F13).
Both look-ups are always made, so that the work is the same whatever is found.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower, Trim

from cases.models import Barred, Forloeb, Person
from organisation.models import User

NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """mine: the searcher's own forløb about the person. known_elsewhere: whoever was searched for and is known where the
    searcher may not see; for the log only."""

    mine: tuple[Forloeb, ...]
    known_elsewhere: tuple[UUID, ...]

    @property
    def elsewhere(self) -> bool:
        return bool(self.known_elsewhere)

    @property
    def persons_told(self) -> tuple[UUID, ...]:
        """Whom the answer told of: the families the searcher sees, and that somebody is known, which is told of them too
        (C13)."""
        mine = [pk for forloeb in self.mine for pk in forloeb.persons.values_list("person_id", flat=True)]
        return tuple(dict.fromkeys([*mine, *self.known_elsewhere]))


def is_known(user: User, *, cpr: str = "", name: str = "") -> Answer:
    """In: ten digits and/or a whole name (blind to case). Three queries, whatever there is."""
    spelled = Person.objects.annotate(spelled=Lower(Trim(Concat("first_name", Value(" "), "last_name"))))
    by_name = spelled.filter(spelled=" ".join(name.lower().split()) or NOBODY).values("pk")
    by_cpr = Person.objects.with_cpr(cpr or NOBODY).values("pk")
    families = Forloeb.objects.filter(family__members__person__in=by_cpr) | Forloeb.objects.filter(
        family__members__person__in=by_name
    )
    found = Forloeb.objects.filter(pk__in=families.values("pk"))
    mine = tuple(found.visible_to(user).select_related("family").order_by("start_checked_on", "pk")[:10])
    barred = Barred.objects.filter(user=user).values("forloeb")
    others = found.exclude(pk__in=barred).exclude(pk__in=Forloeb.objects.visible_to(user).values("pk"))
    searched = Person.objects.filter(Q(pk__in=by_cpr) | Q(pk__in=by_name), memberships__family__forloeb__in=others)
    return Answer(mine=mine, known_elsewhere=tuple(searched.distinct().values_list("pk", flat=True)))
