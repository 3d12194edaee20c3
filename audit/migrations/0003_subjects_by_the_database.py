"""The index of whom a log row concerns is written by the database, from the row."""

from django.db import migrations

from audit.triggers import index


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_triggers")]

    operations = [index()]
