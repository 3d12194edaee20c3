"""Writing the plan: begin, write, mark, correct."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from consent.access import guided, sent_to_guidance
from consent.basis import load_basis
from consent.clue_asking import CONFIRMED, warning
from consent.sharing import Facts, may_see
from consent.unmarked import may_read
from meetings.models import BoardNote, Meeting
from plans import actions, sheet
from plans.access import demand_draft, demand_writer, reader_of_standing
from plans.actions.items import BELONGS_UNDER
from plans.clues import CluesFound
from plans.desk import Desk, around
from plans.forms import CorrectionForm, ItemForm
from plans.gaps import Incomplete
from plans.models import PlanItem, PlanVersion
from plans.named import NamedTo, fingerprint, named_to_others
from plans.readers import addressees
from plans.views import unseen
from plans.views.loading import item_view, meeting_view, version_view
from web.access import route
from web.errors import Stale

NAMES = "navne"  # what the page that asks about names posts


@route("plan.write", methods=("GET", "POST"))
@meeting_view
@guided
def start(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Begin the meeting's Én Plan, or go on with the draft that is there."""
    version = meeting.plan_versions.order_by("-number").first()
    if version is not None:
        return redirect("plans:edit" if version.is_draft else "plans:page", version.pk)
    if request.method == "POST":
        draft = actions.start_version(by=request.user, meeting=meeting)  # type: ignore[arg-type]
        return redirect("plans:edit", draft.pk)
    before = PlanVersion.objects.finished().filter(plan__forloeb=meeting.forloeb).exists()
    return render(request, "plans/start.html", {"meeting": meeting, "forloeb": meeting.forloeb, "before": before})


@route("plan.write", methods=("GET", "POST"))
@version_view
def edit(request: HttpRequest, version: PlanVersion) -> HttpResponseBase:
    """The sheet. A post saves every field, then does what its button says."""
    if not version.is_draft:
        if request.method == "POST" and sheet.unsaved(version.items.all(), request.POST):
            demand_draft(version)  # somebody finished it meanwhile: refused, with what was written
        return redirect("plans:page", version.pk)
    by, standing = request.user, request.standing  # type: ignore[attr-defined]
    found = around(version, standing)
    if not found["has_read"]:  # as `guided`: the board stands beside the sheet
        return sent_to_guidance(request)
    demand_writer(by, version, standing, writes=found["writes"])  # type: ignore[arg-type]
    desk = Desk(version, standing, found=found)
    request.told_about = list(desk.basis.ages)  # type: ignore[attr-defined]  # all of the forløb
    if request.method == "GET":
        return _sheet(request, desk)
    saved = sheet.save(by=request.user, items=desk.visible, data=request.POST)  # type: ignore[arg-type]
    after = Desk(version, standing, saved)
    lost = unseen.after_save(request.POST, desk.visible, after.visible, standing, after.basis)
    if request.headers.get("HX-Request") == "true":
        return _sheet(request, after, status=saved.status, unseen=lost)
    for one in lost:
        messages.warning(request, one.told)
    if not saved.is_fine:
        return _sheet(request, after, status=saved.status)
    named = _named_to_others(after) if request.POST.get("do") == "finish" else []
    if named and request.POST.get(NAMES) != fingerprint(named):
        return _ask_about_names(request, version, after, named)
    try:
        target = _do(request, version, request.POST.get("do", "save"), names=len(named))
    except Incomplete as missing:
        return _sheet(request, Desk(version, standing), status=422, problems=missing.gaps)
    except CluesFound as clues:
        return _ask_about_clues(request, version, clues)
    except ValidationError as refused:
        return _sheet(request, Desk(version, standing), status=422, notices=refused.messages)
    return redirect(target)


def _named_to_others(desk: Desk) -> list[NamedTo]:
    """Asked about when nothing else is missing any more."""
    if desk.gaps():
        return []
    return named_to_others(desk.visible, addressees(desk.forloeb, desk.basis), desk.basis)


def _ask_about_names(request: HttpRequest, version: PlanVersion, desk: Desk, named: list[NamedTo]) -> HttpResponse:
    """C5: each line with whom it names and who would learn of them; the same button with a confirmation goes on."""
    context = {
        "version": version,
        "forloeb": desk.forloeb,
        "rows": [desk.named(one) for one in named],
        "confirmed": fingerprint(named),
    }
    return render(request, "plans/named.html", context, status=422)


def _ask_about_clues(request: HttpRequest, version: PlanVersion, clues: CluesFound) -> HttpResponse:
    """C12: the clues by name, and the choice to go back; the same button with a confirmation makes the papers."""
    return warning(
        request,
        clues.found,
        forloeb=version.plan.forloeb,
        document="Én Plan",
        back=reverse("plans:edit", args=[version.pk]),
        back_label="Én Plan",
        carried={"do": "finish", NAMES: request.POST.get(NAMES, "")},
    )


def _sheet(request: HttpRequest, desk: Desk, status: int = 200, **problems: Any) -> HttpResponse:
    context = desk.context() | {"problems": (), "notices": (), "touched": (), "unseen": ()} | problems
    context["unsaved"] = [row.unsaved for row in rows_of(context) if row.unsaved]
    if request.headers.get("HX-Request") == "true":
        context["touched"] = [row for row in rows_of(context) if str(row.item.pk) in _items_in(request.POST)]
        context["answered"] = any(name.startswith("outcome-") for name in request.POST)
        return render(request, "plans/edit.html#saved", context, status=status)
    return render(request, "plans/edit.html", context, status=status)


def _items_in(posted: QueryDict) -> set[str]:
    return {name[2:] for name in posted if name[:2] in ("v-", "w-")}


def rows_of(context: dict[str, Any]) -> list[Any]:
    """Every row of the sheet, in no order."""
    found = list(context["since"])
    parts = [part for goal in context["goals"] for part in goal.parts] + [*context["others"], context["loose"]]
    found += [goal.row for goal in context["goals"]]
    for part in parts:
        found += [*([part.sub] if part.sub else []), *part.efforts, *part.agreements]
    return found


def _do(request: HttpRequest, version: PlanVersion, button: str, *, names: int = 0) -> str:
    """Do what a button says: save, finish, add:<kind>:<parent>, use:<note>:<kind>. Returns where to go."""
    by: Any = request.user
    page = reverse("plans:edit", args=[version.pk])
    what, _, rest = button.partition(":")
    first, _, second = rest.partition(":")
    if what == "finish":
        actions.finish(by=by, version=version, clues=request.POST.get(CONFIRMED, ""), names=names)
        messages.success(request, "Planen er færdig. Udgaverne ligger klar herunder.")
        return reverse("plans:page", args=[version.pk])
    if what == "add":
        parent = _find(PlanItem.objects.filter(version=version), second) if second else None
        added = actions.add_item(by=by, version=version, kind=first, parent=parent)
        return f"{page}#text-{added.pk}"
    if what == "use":
        note = _find(BoardNote.objects.filter(meeting=version.meeting_id).for_sharing(), first)
        used = actions.use_note(by=by, version=version, note=note, kind=second)
        return f"{page}#punkt-{used.pk}"
    return page


def _find(rows: Any, pk: str) -> Any:
    try:
        return rows.get(pk=UUID(pk))
    except (ValueError, rows.model.DoesNotExist) as missing:
        raise Http404 from missing


@route("plan.write", methods=("GET", "POST"))
@item_view
@guided
def item(request: HttpRequest, found: PlanItem) -> HttpResponse:
    """Whom one item concerns, what it is about, where it stands; or take it out."""
    version = found.version
    standing = demand_writer(request.user, version)  # type: ignore[arg-type]
    demand_draft(version)
    desk = Desk(version, standing)
    if not may_see(desk.reader, Facts.of(found), desk.basis):
        raise Http404
    context = desk.context()
    places = [one for one in desk.visible if one.kind in BELONGS_UNDER[found.kind] and one.pk != found.pk]
    form = ItemForm(found, context["family"], places, request.POST or None)
    if request.method == "POST" and (done := _change(request, found, form, desk)):
        return done
    context |= {
        "item": found,
        "form": form,
        "warning": next((" ".join(r.warnings) for r in rows_of(context) if r.item.pk == found.pk), ""),
    }
    return render(request, "plans/item.html", context, status=422 if request.method == "POST" else 200)


def _change(request: HttpRequest, found: PlanItem, form: ItemForm, desk: Desk) -> HttpResponse | None:
    by: Any = request.user
    back = reverse("plans:edit", args=[found.version_id])
    try:
        if request.POST.get("do") == "remove":
            actions.remove_item(by=by, item=found)
            messages.success(request, "Punktet er fjernet.")
            return redirect(back)
        if form.is_valid():
            changes = form.changes()
            actions.change_item(by=by, item=found, row_version=changes.pop("row_version"), **changes)
            if told := unseen.of_item(found.pk, found.text, desk.reader, desk.standing, desk.basis):
                messages.warning(request, told)
            return redirect(f"{back}#punkt-{found.pk}")
    except Stale:
        form.add_error(
            None, "En anden har ændret punktet imens. Her er dine valg. Gem igen, hvis de stadig skal gælde."
        )
        form.data = request.POST.copy()
        form.data["row_version"] = str(PlanItem.objects.get(pk=found.pk).row_version)  # type: ignore[index]
    except ValidationError as refused:
        form.add_error(None, refused.messages[0])
    return None


@route("plan.write", methods=("GET", "POST"))
@version_view
@guided
def correct(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """Begin a correction of a finished version, or say anew what the draft of one corrects (P5)."""
    standing = demand_writer(request.user, version)  # type: ignore[arg-type]
    by: Any = request.user
    draft = version.plan.versions.drafts().filter(corrects=version).first()
    told = draft.correction if draft else ""
    basis = load_basis(version.plan.forloeb) if told else None
    may = basis is not None and may_read(reader_of_standing(standing), told, basis)
    form = CorrectionForm(request.POST or None, initial={"correction": told if may else ""})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["correction"]
        if draft:
            actions.change_correction(by=by, version=draft, correction=text)
        else:
            draft = actions.start_correction(by=by, version=version, correction=text)
        return redirect("plans:edit", draft.pk)
    context = {"version": version, "forloeb": version.plan.forloeb, "form": form, "draft": draft}
    return render(request, "plans/correct.html", context, status=422 if form.is_bound else 200)
