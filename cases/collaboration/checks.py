"""The system check: a model file with a fault stops the start, with what to mend."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from cases.collaboration import OURS, read_all


def check_models(**kwargs: Any) -> list[CheckMessage]:
    folders = [OURS, *([Path(settings.COLLABORATION_DIR)] if settings.COLLABORATION_DIR else [])]
    return [
        Error(fault, hint="Ret filen, og start igen. Se docs/collaboration-models.md.", id="cases.E001")
        for fault in read_all(*folders)[1]
    ]
