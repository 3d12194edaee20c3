"""What is done when the answer has been sent: nobody waits for it."""

import logging
from collections.abc import Callable

from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)


def after(response: HttpResponseBase, act: Callable[[], None]) -> None:
    """Do `act` when the last byte of this answer has gone out: the server closes it then, in the same thread.

    It stands outside the request's transaction. If it fails the error is logged; the answer is long gone. For what may
    be left undone without harm: a worker that is stopped does not come to it.
    """
    close = response.close

    def act_and_close() -> None:
        try:
            act()
        except Exception:
            logger.exception("What was to be done after an answer failed.")
        finally:
            close()

    response.close = act_and_close  # type: ignore[method-assign]
