"""The keys of an installation: from the environment, or from files beside (never in) the database.

`python -m fællesfamilier.keys FOLDER` makes those that are missing; `./run` calls it. Uses the standard library only, so
that it runs before anything is installed.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

# SECRET_KEY signs sessions and forms; FIELD_KEYS encrypt marked fields and files (newest first, divided by commas);
# INDEX_KEY makes an encrypted CPR findable; LOG_KEY chains the access log.
NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "LOG_KEY")


def _new(name: str) -> str:
    if name == "FIELD_KEYS":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(64)


def read(folder: Path) -> dict[str, str]:
    """The keys that are set, by name: the environment first, then the files in `folder`."""
    found = {}
    for name in NAMES:
        value = os.environ.get(name, "").strip()
        file = folder / name
        if not value and file.is_file():
            value = file.read_text(encoding="ascii").strip()
        if value:
            found[name] = value
    return found


def make(folder: Path) -> list[str]:
    """Make the files that are missing, readable by their owner only. Returns the names made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name in NAMES:
        try:
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_new(name) + "\n")
        made.append(name)
    return made


def missing_line(missing: list[str], folder: Path) -> str:
    """One readable line, in both languages, for whoever starts the server."""
    names = ", ".join(missing)
    return (
        f"Fælles Familier kan ikke starte: {names} mangler. Sæt dem i miljøet eller som filer i {folder}. "
        f"(Cannot start: set {names} in the environment or as files.)"
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
