"""The append-only triggers, by the name the log knows them under. They live in `web.triggers`, which every app may use."""

from web.triggers import forbid, lifted, missing

__all__ = ["LOG_TRIGGERS", "append_only", "forbid", "lifted", "missing"]

# What must stand in the database for the log to be append-only; `kontroller_log` looks.
LOG_TRIGGERS = tuple(
    (table, event)
    for table in ("audit_accesslog", "audit_accesslogsubject")
    for event in ("UPDATE", "DELETE", "TRUNCATE")
)


def append_only(table: str):  # type: ignore[no-untyped-def]
    """The migration operation that lets rows into `table` and nothing else happen to them."""
    return forbid(table, "UPDATE", "DELETE", "TRUNCATE", message="Loggen kan ikke ændres.")
