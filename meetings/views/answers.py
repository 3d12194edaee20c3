"""What several views do with an action's answer."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from web.forms import FFForm


def tell(form: FFForm, error: ValidationError) -> None:
    """Put an action's messages at the form's own fields, and the rest above them."""
    messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in messages.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def with_unseen(item: Any, hidden: Collection[UUID], chosen: dict[str, Any]) -> dict[str, Any]:
    """What was chosen, and the marks that the writer could not see: they protect somebody and stay (C5, M8).

    item: a `Shared` row. hidden: the persons marked on it whom the writer may not know of.
    """
    kept = {
        name: [*chosen[name], *(one for one in getattr(item, name).all() if one.pk in hidden)]
        for name in ("about", "kept_from")
    }
    return chosen | kept


def is_board_script(request: HttpRequest) -> bool:
    """Asked by board.js, which wants the fragment and not the page."""
    return request.headers.get("X-FF-Board") == "1"
