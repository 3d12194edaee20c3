"""What is wrong with an installation's environment: told before anything is read from it, a line for each value."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

NUMBERS = ("FF_BACKUP_KEEP", "FF_OVERVIEW_SECONDS", "FF_PROXIES")
SHORTEST_KEY = 50
OIDC = ("FF_OIDC_CLIENT_ID", "FF_OIDC_SECRET")


def faults(environment: Mapping[str, str], keys: Mapping[str, str], *, is_production: bool) -> list[str]:
    """In: the environment and the keys (keys.read). Out: one readable line per fault, none when the app may start."""
    found = [*_database(environment.get("DATABASE_URL", "")), *_numbers(environment)]
    if is_production:
        found += [*_keys(keys), *_hosts(environment), *_municipality(environment), *_sign_in(environment)]
    return [f"Fælles Familier kan ikke starte: {danish} (Cannot start: see {name}.)" for name, danish in found]


Fault = tuple[str, str]


def _database(address: str) -> Iterator[Fault]:
    if not address:
        return
    name = "DATABASE_URL"
    try:
        parts = urlsplit(address)
        is_read = parts.port is None or parts.port > 0
    except ValueError:
        is_read = False
    if address.split("://")[0] not in ("postgres", "postgresql") or "://" not in address:
        yield name, "DATABASE_URL skal begynde med postgres://. Uden den bruges SQLite i FF_DATA."
    elif not is_read or not parts.path.strip("/"):
        yield (
            name,
            "DATABASE_URL kan ikke læses. Skriv postgres://BRUGER:ADGANGSKODE@MASKINE:5432/DATABASE, og brug kun bogstaver "
            "og tal i adgangskoden.",
        )


def _numbers(environment: Mapping[str, str]) -> Iterator[Fault]:
    for name in NUMBERS:
        if name in environment and not environment[name].strip().isdecimal():
            yield name, f"{name} skal være et helt tal."


def _keys(keys: Mapping[str, str]) -> Iterator[Fault]:
    for name in ("SECRET_KEY", "INDEX_KEY", "LOG_KEY"):
        if len(keys[name]) < SHORTEST_KEY:
            yield name, f"{name} er for kort. Brug mindst {SHORTEST_KEY} tilfældige tegn."
    for number, key in enumerate(filter(None, (one.strip() for one in keys["FIELD_KEYS"].split(","))), 1):
        if not _is_fernet(key):
            yield "FIELD_KEYS", f"nøgle nummer {number} i FIELD_KEYS er ikke en Fernet-nøgle på 44 tegn."


def _is_fernet(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key.encode("ascii"))) == 32
    except (UnicodeEncodeError, binascii.Error):
        return False


def _hosts(environment: Mapping[str, str]) -> Iterator[Fault]:
    hosts = [one.strip() for one in environment.get("ALLOWED_HOSTS", "").split(",") if one.strip()]
    if not hosts:
        yield "ALLOWED_HOSTS", "ALLOWED_HOSTS mangler. Skriv det navn, som står i browseren."
    for host in hosts:
        if "*" in host or "/" in host or ":" in host:
            yield "ALLOWED_HOSTS", f"»{host}« i ALLOWED_HOSTS er ikke et navn. Skriv det uden https:// og uden port."
    for origin in environment.get("CSRF_TRUSTED_ORIGINS", "").split(","):
        if origin.strip() and not origin.strip().startswith("https://"):
            yield "CSRF_TRUSTED_ORIGINS", f"»{origin.strip()}« i CSRF_TRUSTED_ORIGINS skal begynde med https://."


def _municipality(environment: Mapping[str, str]) -> Iterator[Fault]:
    if not environment.get("FF_MUNICIPALITY", "").strip():
        yield (
            "FF_MUNICIPALITY",
            "FF_MUNICIPALITY mangler. Skriv kommunens navn, som det skal stå på siderne og papirerne.",
        )


def _sign_in(environment: Mapping[str, str]) -> Iterator[Fault]:
    if environment.get("FF_OIDC_ISSUER"):
        for name in OIDC:
            if not environment.get(name):
                yield name, f"{name} mangler. Den skal med, når FF_OIDC_ISSUER er sat."
