"""The history every model keeps, as django-simple-history writes it."""

from functools import cache
from typing import Any

from django.db.models import QuerySet
from simple_history import models
from simple_history.manager import HistoryManager


@cache
def _manager_of(queryset: type[QuerySet[Any]]) -> type[HistoryManager]:
    return HistoryManager.from_queryset(queryset)  # type: ignore[no-any-return]


class KeptManager(HistoryManager):
    """The library makes a new class of manager each time a history is asked for, and so at each saving of a row: a tenth
    of what saving costs. One for each kind of queryset is enough."""

    @classmethod
    def from_queryset(cls, queryset_class: type[QuerySet[Any]], class_name: str | None = None) -> type[HistoryManager]:
        return _manager_of(queryset_class)


class HistoricalRecords(models.HistoricalRecords):
    """`history = HistoricalRecords()`, as the library's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(history_manager=KeptManager, **options)
