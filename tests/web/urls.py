"""A few views that behave badly, beside the house's own."""

from django import forms
from django.db import OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

from fællesfamilier.urls import handler400, handler500, urlpatterns  # noqa: F401
from web.errors import Refused, Stale
from web.forms import FFForm


class Text(FFForm):
    text = forms.CharField(label="Tekst", error_messages={"required": "Skriv teksten."})


def refused(request: HttpRequest) -> HttpResponse:
    raise Refused("Det kan kun tovholderen. Ring til Birgit Ørsted.")


def stale(request: HttpRequest) -> HttpResponse:
    raise Stale(None)


def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError("secret text in the error")


def fault(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("fault")


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def file(request: HttpRequest) -> FileResponse:
    return FileResponse([b"%PDF"], content_type="application/pdf")


bad = [("refused", refused), ("stale", stale), ("broken", broken), ("fault", fault), ("page", page), ("file", file)]
urlpatterns = [*[path(f"prove/{name}/", view, name=name) for name, view in bad], *urlpatterns]
