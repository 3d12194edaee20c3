"""The history every model keeps, as django-simple-history writes it."""

from functools import cache
from typing import Any

from simple_history import models
from simple_history.manager import HistoryManager


class KeptManager(HistoryManager):
    """The library makes a new class of manager each time a history is asked for, and so at each saving of a row; a tenth of
    what saving costs. One for each kind of queryset is enough."""

    from_queryset = classmethod(cache(HistoryManager.from_queryset.__func__))


class HistoricalRecords(models.HistoricalRecords):
    """`history = HistoricalRecords()`, as the library's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(history_manager=KeptManager, **options)
