"""Search before create (F9): warns of a family that is known, and tells nothing of what the searcher may not see.

Three answers: not known; known from a forløb of the searcher's own (with a link); known, ring to the koordinator. The third
names nobody, no department and no forløb. A colleague who is barred from all that is known gets the first (F13).
Both look-ups are always made, so that the work is the same whatever is found.
"""

from dataclasses import dataclass

from django.db.models import Value
from django.db.models.functions import Concat, Lower, Trim

from cases.models import Barred, Forloeb, Person
from organisation.models import User

NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Answer:
    """mine: the searcher's own forløb about the person. elsewhere: there is something the searcher may not see."""

    mine: tuple[Forloeb, ...]
    elsewhere: bool

    @property
    def persons_told(self) -> tuple[object, ...]:
        """Whom the answer told of: only families the searcher sees. The rest of the log's row is the search itself."""
        return tuple(pk for forloeb in self.mine for pk in forloeb.persons.values_list("person_id", flat=True))


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
    return Answer(mine=mine, elsewhere=others.exists())
