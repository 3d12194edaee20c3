"""A frozen file keeps everything it has; only its bytes may go, once, by `documents.actions.erase`."""

from django.db import migrations

from web.triggers import forbid

TABLE = "documents_frozenfile"
KEPT = ("id", "kind", "title", "filename", "content_type", "size", "sha256", "made_at")
KEPT_OR_NULL = ("made_by_id", "forloeb_id")

ERASED = " AND ".join(
    [
        "OLD.erased_at IS NULL",
        "NEW.erased_at IS NOT NULL",
        "length(NEW.sealed) = 0",
        *(f'NEW."{column}" = OLD."{column}"' for column in KEPT),
        *(
            f"COALESCE(CAST(NEW.{column} AS text), '') = COALESCE(CAST(OLD.{column} AS text), '')"
            for column in KEPT_OR_NULL
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        forbid(TABLE, "UPDATE", when=f"NOT ({ERASED})", message="Et færdigt dokument kan ikke ændres."),
        forbid(TABLE, "DELETE", "TRUNCATE", message="Et færdigt dokument kan ikke fjernes."),
    ]
