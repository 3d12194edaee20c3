"""The guidance everybody reads (C8), and the municipality's texts in versions: what is signed (C3), guidance, leaflet (C9)."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from consent import actions, texts
from consent.access import current_guidance, read_on
from consent.forms import TextForm
from consent.models import ConsentText, Guidance, InformationLeaflet
from consent.text_forms import GuidanceForm, LeafletForm
from consent.views import saved
from web.access import route
from web.forms import FFForm


@route("signed-in", methods=("GET", "POST"))
def guidance(request: HttpRequest) -> HttpResponse:
    """Read and confirm the guidance to the consent declaration, once per version."""
    onward = request.POST.get("videre") or request.GET.get("videre") or ""
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts=None) or not onward.startswith("/"):
        onward = ""
    if request.method == "POST":
        actions.read_guidance(by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Tak. Du kan nu åbne tavler og samtykker.")
        return redirect(onward or "consent:guidance")
    found = current_guidance()
    context = {
        "guidance": found,
        "parts": texts.paragraphs(found.body) if found else [],
        "read_on": read_on(request.user, found) if found else None,  # type: ignore[arg-type]
        "onward": onward,
    }
    return render(request, "consent/guidance.html", context)


@route("koordinator-or-admin")
def text_list(request: HttpRequest) -> HttpResponse:
    """All versions, newest first, with how many have signed each."""
    texts.demand_editor(request.user)  # type: ignore[arg-type]
    versions = ConsentText.objects.annotate(used=Count("declarations")).order_by("-number")
    others = [
        ("Vejledning om samtykke", "consent:guidance_new", _in_parts(Guidance.objects.all())),
        ("Sedlen til familien", "consent:leaflet_new", _in_parts(InformationLeaflet.objects.all())),
    ]
    context = {"versions": versions, "current": ConsentText.objects.current(), "others": others}
    return render(request, "consent/texts.html", context)


def _in_parts(versions: Iterable[Any]) -> list[tuple[Any, str, list[texts.Paragraph]]]:
    """Each version with its state (»now«, »later«, »before«) and as it is read, the newest first."""
    today, found = timezone.localdate(), []
    for one in sorted(versions, key=lambda one: -one.number):
        earlier = any(state == "now" for _, state, _ in found)
        state = "later" if one.published_on > today else "before" if earlier else "now"
        found.append((one, state, texts.paragraphs(one.body)))
    return found


@route("koordinator-or-admin")
def text_page(request: HttpRequest, pk: object) -> HttpResponse:
    """One version as people read it, and what is different from the one before."""
    texts.demand_editor(request.user)  # type: ignore[arg-type]
    text = get_object_or_404(ConsentText, pk=pk)
    before = ConsentText.objects.filter(number__lt=text.number).order_by("-number").first()
    context = {
        "text": text,
        "before": before,
        "used": text.declarations.count(),
        "parts": texts.paragraphs(text.body),
        "lines": texts.compared(_lines(before), _lines(text)) if before else [],
    }
    return render(request, "consent/text.html", context)


def _lines(text: ConsentText) -> list[str]:
    whole = [text.title, text.purpose, *text.body.splitlines(), f"Gælder i {text.months_valid} måneder"]
    return [line for line in whole if line.strip()]


@route("koordinator-or-admin", methods=("GET", "POST"))
def text_write(request: HttpRequest, pk: object = None) -> HttpResponse:
    """Write a new version from the newest, or go on with one that is not in use yet."""
    texts.demand_editor(request.user)  # type: ignore[arg-type]
    text = get_object_or_404(ConsentText, pk=pk) if pk else None
    if text is not None and request.method == "GET":
        texts.demand_draft(text)  # before somebody writes what cannot be saved
    start = text or ConsentText.objects.order_by("-number").first()
    first = {name: getattr(start, name) for name in TextForm.Meta.fields} if start else {}
    form = TextForm(request.POST or None, initial=first)
    if form.is_valid():
        made = saved(form, lambda: actions.write_text(by=request.user, text=text, **form.cleaned_data))  # type: ignore[arg-type]
        if made is not None:
            messages.success(request, f"Version {made.number} er gemt. Den er ikke i brug, før du sætter den i brug.")
            return redirect("consent:text", made.pk)
    context = {"form": form, "text": text}
    return render(request, "consent/text_write.html", context, status=422 if form.is_bound else 200)


@route("koordinator-or-admin", methods=("POST",))
def text_publish(request: HttpRequest, pk: object) -> HttpResponse:
    """Put a version in use from today."""
    texts.demand_editor(request.user)  # type: ignore[arg-type]
    text = actions.publish_text(by=request.user, text=get_object_or_404(ConsentText, pk=pk))  # type: ignore[arg-type]
    messages.success(request, f"Version {text.number} er i brug fra i dag.")
    return redirect("consent:texts")


@route("koordinator-or-admin", methods=("GET", "POST"))
def guidance_write(request: HttpRequest) -> HttpResponse:
    """A new version of the guidance, from the newest."""
    newest = Guidance.objects.order_by("-number").first()
    form = GuidanceForm(request.POST or None, initial=_start(newest, "body"))
    return _written(request, form, actions.write_guidance, "Vejledning om samtykke", "Alle læser den igen fra den dag.")


@route("koordinator-or-admin", methods=("GET", "POST"))
def leaflet_write(request: HttpRequest) -> HttpResponse:
    """A new version of the leaflet, from the newest."""
    newest = InformationLeaflet.objects.order_by("-number").first()
    form = LeafletForm(request.POST or None, initial=_start(newest, "title", "body"))
    return _written(request, form, actions.write_leaflet, "Sedlen til familien", "Den bliver givet fra den dag.")


def _start(newest: Any, *names: str) -> dict[str, Any]:
    found = {name: getattr(newest, name) for name in names} if newest else {}
    return {**found, "published_on": timezone.localdate()}


def _written(request: HttpRequest, form: FFForm, write: Callable[..., Any], name: str, told: str) -> HttpResponse:
    texts.demand_editor(request.user)  # type: ignore[arg-type]
    if form.is_valid():
        made = saved(form, lambda: write(by=request.user, **form.cleaned_data))
        if made is not None:
            messages.success(request, f"Version {made.number} er gemt. {told}")
            return redirect("consent:texts")
    context = {"form": form, "name": name}
    return render(request, "consent/version_write.html", context, status=422 if form.is_bound else 200)
