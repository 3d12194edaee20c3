"""What stands in a copy beside its items is kept with it; in those from before, nothing."""

from django.db import migrations

from web.fields import EncryptedTextField
from web.triggers import forbid

SAID = "En færdig version af Én Plan kan ikke ændres."


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_index_for_missing_journal_lines")]

    operations = [
        migrations.AddField(
            model_name="plancopy",
            name="beside",
            field=EncryptedTextField(blank=True, default="", editable=False, verbose_name="uden om punkterne"),
        ),
        # SQLite has made the table anew, without its triggers.
        forbid("plans_plancopy", "UPDATE", "DELETE", "TRUNCATE", message=SAID),
    ]
