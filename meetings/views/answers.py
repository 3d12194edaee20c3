"""What several views do with an action's answer."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from web.forms import FFForm


def tell(form: FFForm, error: ValidationError) -> None:
    """Put an action's messages at the form's own fields, and the rest above them."""
    messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, texts in messages.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def is_board_script(request: HttpRequest) -> bool:
    """Asked by board.js, which wants the fragment and not the page."""
    return request.headers.get("X-FF-Board") == "1"
