"""Each route says who may use it and which methods it answers; a test walks the URLconf and compares."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = Callable[..., HttpResponseBase]


def route(rule: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Declare a view's access rule (a name from docs/access.md) and its methods.

    In: the rule's name and the HTTP methods (HEAD follows GET). The rule itself is carried out by the loader decorator
    under this one; this decorator enforces the methods (405) and leaves `access_rule` and `methods` for the test.
    """
    allowed = set(methods) | ({"HEAD"} if "GET" in methods else set())

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                answer = HttpResponse(
                    "Den handling findes ikke her.", status=405, content_type="text/plain; charset=utf-8"
                )
                answer["Allow"] = ", ".join(sorted(allowed))
                return answer
            return view(request, *args, **kwargs)

        checked.access_rule = rule  # type: ignore[attr-defined]
        checked.methods = tuple(methods)  # type: ignore[attr-defined]
        return checked

    return decorate
