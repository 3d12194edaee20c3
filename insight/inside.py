"""Pages asked for in this process, by a command: whatever name the house has outside, and before static files are collected."""

from typing import Any

from django.conf import settings
from django.test.utils import override_settings

HOST = "localhost"


def inside(**more: Any) -> override_settings:
    """`with inside(): Client(HTTP_HOST=HOST).get(…)`; more: other settings for as long."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(ALLOWED_HOSTS=[HOST], STORAGES={**settings.STORAGES, "staticfiles": plain}, **more)
