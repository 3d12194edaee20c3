"""Which names of an address's »?…« a page reads: so that a search or a filter that later work adds is asked too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.http import QueryDict

ANYTHING = ""  # asked whether anything stands there at all, as `Form(request.GET or None)` does


class Heard(QueryDict):
    """The part of an address after its »?«. Every name that is looked for in it is kept in `names`."""

    names: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)

    def __bool__(self) -> bool:
        self.names.add(ANYTHING)
        return len(self) > 0


@contextmanager
def hearing() -> Iterator[None]:
    """Every request's GET is a `Heard` meanwhile."""
    with mock.patch("django.core.handlers.wsgi.QueryDict", Heard):
        yield
