"""Sådan arbejder vi: the collaboration models as they stand in their files, for every employee. Nothing of any family."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases import collaboration
from organisation.access import SignedInRequest
from web.access import route

BECOMES = {"goal": "mål", "sub_goal": "delmål", "effort": "indsats", "agreement": "aftale"}


@route("signed-in")
def how_we_work(request: SignedInRequest, model_key: str = "") -> HttpResponse:
    """One model's steps, meeting, roles, boards and papers. model_key: a model's; without it the first. Unknown = 404."""
    models = collaboration.models()
    model = models.get(model_key) if model_key else next(iter(models.values()))
    if model is None:
        raise Http404
    boards = [
        (board, [(column, BECOMES.get(column.becomes, "")) for column in board.columns]) for board in model.boards
    ]
    context = {
        "model": model,
        "models": list(models.values()),
        "boards": boards,
        "questions": collaboration.questions(),
        "watched": collaboration.watched(model),
    }
    return render(request, "cases/how_we_work.html", context)
