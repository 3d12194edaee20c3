"""Asking for a page as somebody, and reading the answer."""

import re
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from audit.models import AccessLog

TOKENS = re.compile(
    r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"|name="_once" value="[\w-]+"|data-once="[\w-]+"'
)


def ask(client: Client, method: str, url: str, data: dict[str, Any] | None = None, **headers: Any) -> Any:
    """One request, whose writes are taken back; an error of the server raises. `logged`: how many rows the access log got."""
    with transaction.atomic():
        before = AccessLog.objects.count()
        answer = client.get(url, headers=headers) if method == "GET" else client.post(url, data or {}, headers=headers)
        if answer.streaming:
            answer.content_now = b"".join(answer.streaming_content)
            answer.close()
        answer.logged = AccessLog.objects.count() - before
        transaction.set_rollback(True)
    return answer


def sign_of(answer: HttpResponseBase) -> str:
    """The table's sign for an answer."""
    status = answer.status_code
    if status == 401 or (status in (301, 302) and answer["Location"].startswith("/konto/log-ind")):
        return "l"
    if status in (403, 404, 405):
        return str(status)[-1]
    return "+" if status < 400 or status in (409, 422) else str(status)


def content(answer: Any) -> bytes:
    return answer.content_now if hasattr(answer, "content_now") else answer.content


def body(answer: Any) -> str:
    """What was answered, without what is drawn anew for each request, nor the address itself."""
    return TOKENS.sub("", content(answer).decode("utf-8", "replace"))
