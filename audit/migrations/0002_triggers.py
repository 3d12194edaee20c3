"""The log takes new rows and nothing else; its end only moves forward; an event is never rewritten."""

from django.db import migrations

from audit.triggers import append_only
from web.triggers import forbid


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_accesslog"),
        append_only("audit_accesslogsubject"),
        forbid("audit_accessloghead", "DELETE", "TRUNCATE", message="Loggens ende kan ikke fjernes."),
        forbid(
            "audit_accessloghead",
            "UPDATE",
            when='NEW."count" <> OLD."count" + 1',
            message="Loggens ende kan kun flyttes én række frem.",
        ),
        forbid("audit_event", "UPDATE", message="En hændelse kan ikke ændres."),
    ]
