"""The project's settings with keys for a test, set before they are read. Everything else is as it runs."""

import os
from pathlib import Path

os.environ.update(
    SECRET_KEY="test-" + "s" * 60,
    FIELD_KEYS="dGVzdC1maWVsZC1rZXktMzItYnl0ZXMtbG9uZy4uLi4=",
    INDEX_KEY="test-" + "i" * 60,
    LOG_KEY="test-" + "l" * 60,
    FF_DATA=str(Path(__file__).resolve().parent.parent / ".data" / "tests"),
    DEMO="1",
)
os.environ.pop("DEBUG", None)

from fællesfamilier.settings import *  # noqa: F403
from fællesfamilier.settings import DATA_DIR, DATABASES, STORAGES, TEMPLATES
from tests.undefined import UndefinedFails

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests need no collected files; the manifest has a test of its own.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A misspelt variable in a template is an error, not an empty space.
TEMPLATES[0]["OPTIONS"] = {**TEMPLATES[0]["OPTIONS"], "string_if_invalid": UndefinedFails()}  # type: ignore[dict-item]
# A file as in real life: threads that share a database in memory get "table is locked" where a file would wait.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / f"test-{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
elif template := os.environ.get("FF_TEST_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}  # migrated already: each worker's database is a copy of it
# A test sees what it has just done; keeping the counts has a test of its own.
OVERVIEW_KEPT_SECONDS = 0
