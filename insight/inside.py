"""Pages asked for in this process, by a command: whatever name the house has outside, and before static files are collected."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test.utils import override_settings

HOST = "localhost"


@contextmanager
def inside(**more: Any) -> Iterator[None]:
    """`with inside(): Client(HTTP_HOST=HOST).get(…)`; more: other settings for as long.

    A page that is refused or not found is asked for on purpose here, and is no warning; a server error is still told.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # WhiteNoise looks for the collected files when it begins, and warns when there are none; no page here needs them.
    middleware = [name for name in settings.MIDDLEWARE if not name.startswith("whitenoise.")]
    storages = {**settings.STORAGES, "staticfiles": plain}
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with override_settings(ALLOWED_HOSTS=[HOST], STORAGES=storages, MIDDLEWARE=middleware, **more):
            yield
    finally:
        log.setLevel(level)
