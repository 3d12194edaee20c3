"""Rows with whom they are about and whom they are kept from: both, of rows of any kind, in one query."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Aggregate, IntegerField, OuterRef, QuerySet, Subquery, TextField, Value

if TYPE_CHECKING:
    from consent.sharing import Basis, Reader

RowT = TypeVar("RowT", bound=models.Model)
MARKS = ("about", "kept_from")


def load_marks(rows: Iterable[Any]) -> None:
    """Fetch `about` and `kept_from` of all the rows at once; `row.about.all()` asks the database no more.

    In: rows of `Shared` models, several kinds at a time; those that have their marks already are left as they are.
    """
    kinds: dict[type[Any], dict[Any, list[Any]]] = {}
    for row in rows:
        if not all(mark in getattr(row, "_prefetched_objects_cache", {}) for mark in MARKS):
            kinds.setdefault(type(row), {}).setdefault(row.pk, []).append(row)
    parts = [(kind, mark) for kind in kinds for mark in MARKS]
    if not parts:
        return
    first, *others = [_links(kind, mark, kinds[kind], place) for place, (kind, mark) in enumerate(parts)]
    people: dict[tuple[int, Any], list[Any]] = {}
    # The rows of a union are all read as rows of its first part.
    owner = _owner(*parts[0]).attname
    for link in first.union(*others, all=True):
        people.setdefault((link.part, getattr(link, owner)), []).append(link.person)
    for place, (kind, mark) in enumerate(parts):
        for pk, twins in kinds[kind].items():
            for row in twins:
                _keep(row, mark, people.get((place, pk), []))


def _owner(kind: type[Any], mark: str) -> Any:
    """In the table between: the key to the marked row."""
    field = kind._meta.get_field(mark)
    return field.remote_field.through._meta.get_field(field.m2m_field_name())


def _links(kind: type[Any], mark: str, found: Iterable[Any], part: int) -> QuerySet[Any]:
    """The rows of the table between, with their persons; `part` says in the union which one they came from."""
    links = kind._meta.get_field(mark).remote_field.through._default_manager
    rows = links.filter(**{f"{_owner(kind, mark).name}__in": list(found)}).select_related("person")
    return rows.annotate(part=Value(part, IntegerField())).order_by()


def _keep(row: Any, mark: str, people: list[Any]) -> None:
    """As `prefetch_related` keeps them."""
    manager = getattr(row, mark)
    queryset = manager.get_queryset()
    queryset._result_cache, queryset._prefetch_done = people, True
    cache = row.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[manager.prefetch_cache_name] = queryset


class Ids(Aggregate):
    """The keys of a group's rows, as text with commas between; both databases."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "STRING_AGG(%(expressions)s::text, ',')"
        return super().as_sql(compiler, connection, template=template, **more)


def together(rows: QuerySet[Any], key: str) -> Subquery:
    """All the keys of the rows as one value of the row that is asked for (`OuterRef`); `keys_in` reads it."""
    found = rows.order_by().values(all=Value(1)).annotate(keys=Ids(key)).values("keys")
    return Subquery(found, output_field=TextField())


def keys_in(text: str | None) -> frozenset[UUID]:
    return frozenset(UUID(key) for key in (text or "").split(",") if key)


@dataclass(frozen=True, slots=True)
class Links:
    """The rows of the table between a kind and one of its marks, of the row that a query looks at (`OuterRef`).

    person, topic: the lookups of whom a link names, and of the topic that its row is on.
    """

    rows: QuerySet[Any]
    person: str
    topic: str


def links_of(kind: type[Any], mark: str) -> Links:
    field, owner = kind._meta.get_field(mark), _owner(kind, mark).name
    rows = field.remote_field.through._default_manager.filter(**{owner: OuterRef("pk")})
    return Links(rows, field.m2m_reverse_field_name(), f"{owner}__topic")


def _ids(kind: type[Any], mark: str, key: str = "pk") -> Subquery:
    field, owner = kind._meta.get_field(mark), _owner(kind, mark)
    links = field.remote_field.through._default_manager.filter(**{owner.name: OuterRef(key)}).order_by()
    found = links.values(owner.name).annotate(ids=Ids(field.m2m_reverse_field_name())).values("ids")
    return Subquery(found, output_field=TextField())


class SharedQuerySet(models.QuerySet[RowT]):
    """The QuerySet of rows about persons: `with_marks` gives them their marks when they are fetched."""

    _marked: tuple[str, ...] | None = None
    _keyed: tuple[str, ...] = ()

    def with_mark_ids(self, *sources: str) -> Self:
        """With whom the rows, and what stands in these fields of theirs (to be joined), are about and kept from as keys
        only, in the same query: all that the check needs."""
        keys = {f"{mark}_keys": _ids(self.model, mark) for mark in MARKS}
        for source in sources:
            kind: Any = self.model._meta.get_field(source).related_model
            keys |= {f"{source}_{mark}_keys": _ids(kind, mark, f"{source}_id") for mark in MARKS}
        found = self.annotate(**keys)
        found._marked, found._keyed = None, sources
        return found

    def with_marks(self, *sources: str) -> Self:
        """With `about` and `kept_from` of the rows and of what stands in these fields of theirs (to be joined)."""
        found = self._chain()  # type: ignore[attr-defined]
        found._marked = (*(self._marked or ()), *sources)
        return found

    def seen_by(self, reader: "Reader", basis: "Basis") -> Self:
        """Those that `consent.sharing.may_see` lets through to one reader of one forløb, chosen by the database: for who
        counts them or wants some of them, and has no use for the rest. In: the rows of that forløb."""
        from consent.sharing import rows_seen

        return self.filter(rows_seen(self.model, reader, basis))  # type: ignore[arg-type]

    def lost_by(self, readers: "Iterable[Reader]", before: "Basis", after: "Basis") -> Self:
        """Those that one of the readers sees now and not after a withdrawal (C7). In: the rows of that forløb."""
        from consent.sharing import rows_lost

        return self.filter(rows_lost(self.model, readers, before, after))  # type: ignore[arg-type]

    def _clone(self) -> Any:
        found = super()._clone()  # type: ignore[misc]
        found._marked, found._keyed = self._marked, self._keyed
        return found

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()  # type: ignore[misc]
        if is_new and self._marked is not None:
            load_marks(self._with_sources())
        if is_new and self._keyed:
            self._hand_on_keys()

    def _hand_on_keys(self) -> None:
        for row in self._result_cache or ():  # type: ignore[attr-defined]
            for source in self._keyed if isinstance(row, models.Model) else ():
                there = getattr(row, source)
                for mark in MARKS if there is not None else ():
                    there.__dict__[f"{mark}_keys"] = row.__dict__[f"{source}_{mark}_keys"]

    def _with_sources(self) -> Iterator[Any]:
        for row in self._result_cache or ():  # type: ignore[attr-defined]
            if isinstance(row, models.Model):  # and not a row of values
                yield row
                yield from (there for source in self._marked or () if (there := getattr(row, source)) is not None)
