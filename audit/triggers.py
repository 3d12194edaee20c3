"""The append-only triggers, by the name the log knows them under. They live in `web.triggers`, which every app may use."""

from typing import Any

from web.triggers import Statements, forbid, lifted, missing

__all__ = ["LOG_TRIGGERS", "append_only", "forbid", "index", "lifted", "missing"]

# What must stand in the database for the log to be append-only; `kontroller_log` looks.
LOG_TRIGGERS = tuple(
    (table, event)
    for table in ("audit_accesslog", "audit_accesslogsubject")
    for event in ("UPDATE", "DELETE", "TRUNCATE")
)


def append_only(table: str):  # type: ignore[no-untyped-def]
    """The migration operation that lets rows into `table` and nothing else happen to them."""
    return forbid(table, "UPDATE", "DELETE", "TRUNCATE", message="Loggen kan ikke ændres.")


_INDEX = "ff_index_audit_accesslog"
_POSTGRESQL = f"""
CREATE FUNCTION "{_INDEX}"() RETURNS trigger LANGUAGE plpgsql AS $ff$ BEGIN
INSERT INTO "audit_accesslogsubject" ("id", "log_id", "subject")
SELECT gen_random_uuid(), NEW."id", value::uuid FROM jsonb_array_elements_text(NEW."subjects"::jsonb);
RETURN NULL; END $ff$;
CREATE TRIGGER "{_INDEX}" AFTER INSERT ON "audit_accesslog" FOR EACH ROW EXECUTE FUNCTION "{_INDEX}"()
"""  # noqa: S608  no words of anybody else in it
_SQLITE = f"""
CREATE TRIGGER "{_INDEX}" AFTER INSERT ON "audit_accesslog" BEGIN
INSERT INTO "audit_accesslogsubject" ("id", "log_id", "subject")
SELECT lower(hex(randomblob(16))), NEW."id", replace(value, '-', '') FROM json_each(NEW."subjects"); END
"""  # noqa: S608


def index() -> Statements:
    """The migration operation that lets the database write the index of whom a log row concerns, from the row itself.

    So no row is ever without it, and a page writes one statement less.
    """

    def forwards(schema_editor: Any) -> None:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        schema_editor.execute(_POSTGRESQL if is_postgresql else _SQLITE, params=None)

    def backwards(schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP TRIGGER "{_INDEX}" ON "audit_accesslog"', params=None)
            schema_editor.execute(f'DROP FUNCTION "{_INDEX}"()', params=None)
        else:
            schema_editor.execute(f'DROP TRIGGER "{_INDEX}"', params=None)

    return Statements(forwards, backwards)
