"""Areas, record systems and departments are closed with a date. The days of those closed before are looked up."""

import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import web.fields


def days_of_closing(apps, schema_editor):
    """A department that is closed already gets the day its history tells of, else today."""
    Department = apps.get_model("organisation", "Department")
    History = apps.get_model("organisation", "HistoricalDepartment")
    for department in Department.objects.filter(is_active=False):
        open_last = History.objects.filter(id=department.pk, is_active=True).order_by("-history_date").first()
        closed = History.objects.filter(id=department.pk, is_active=False).order_by("history_date")
        if open_last:
            closed = closed.filter(history_date__gt=open_last.history_date)
        first = closed.first()
        department.closed_on = timezone.localdate(first.history_date) if first else timezone.localdate()
        department.save(update_fields=["closed_on"])


def one_short_name_each(apps, schema_editor):
    """An area that was renamed in the file came to stand twice, with the same short name."""
    Area = apps.get_model("organisation", "Area")
    taken = set()
    for area in Area.objects.order_by("order", "name"):
        name, number = area.short_name, 2
        while area.short_name in taken:
            area.short_name, number = f"{name[:7]} {number}", number + 1
        if area.short_name != name:
            area.save(update_fields=["short_name"])
        taken.add(area.short_name)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalArea",
            fields=[
                ("row_version", models.PositiveIntegerField(default=1, editable=False, verbose_name="rækkeversion")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="lukket")),
                ("id", web.fields.OpaqueIdField(db_index=True, default=uuid.uuid4, editable=False, primary_key=False)),
                (
                    "name",
                    models.CharField(
                        db_index=True,
                        error_messages={"unique": "Der findes allerede et område med det navn."},
                        max_length=100,
                        verbose_name="navn",
                    ),
                ),
                (
                    "short_name",
                    models.CharField(
                        db_index=True,
                        error_messages={"unique": "Et andet område har allerede den forkortelse."},
                        max_length=10,
                        verbose_name="forkortelse",
                    ),
                ),
                (
                    "is_start_allowed",
                    models.BooleanField(
                        default=False,
                        help_text="Medarbejdere i områdets myndighedsafdelinger må starte forløb og være tovholder.",
                        verbose_name="må starte forløb",
                    ),
                ),
                (
                    "can_send",
                    models.BooleanField(
                        default=False,
                        help_text="Alle områdets medarbejdere må sende en henvendelse.",
                        verbose_name="må sende henvendelser",
                    ),
                ),
                (
                    "needs_management",
                    models.BooleanField(
                        default=False,
                        help_text="Når området er med til et møde, skal en fra områdets ledelse være med.",
                        verbose_name="møder med ledelse",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="rækkefølge")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical forvaltningsområde",
                "verbose_name_plural": "historical forvaltningsområder",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRecordSystem",
            fields=[
                ("row_version", models.PositiveIntegerField(default=1, editable=False, verbose_name="rækkeversion")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="lukket")),
                ("id", web.fields.OpaqueIdField(db_index=True, default=uuid.uuid4, editable=False, primary_key=False)),
                (
                    "name",
                    models.CharField(
                        db_index=True,
                        error_messages={"unique": "Der findes allerede et fagsystem med det navn."},
                        max_length=100,
                        verbose_name="navn",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical fagsystem",
                "verbose_name_plural": "historical fagsystemer",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="area",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="lukket"),
        ),
        migrations.AddField(
            model_name="area",
            name="row_version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="rækkeversion"),
        ),
        migrations.AddField(
            model_name="department",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="lukket"),
        ),
        migrations.AddField(
            model_name="historicaldepartment",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="lukket"),
        ),
        migrations.AddField(
            model_name="recordsystem",
            name="closed_on",
            field=models.DateField(blank=True, null=True, verbose_name="lukket"),
        ),
        migrations.AddField(
            model_name="recordsystem",
            name="row_version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="rækkeversion"),
        ),
        migrations.AddField(
            model_name="historicalarea",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="historicalrecordsystem",
            name="history_user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(days_of_closing, migrations.RunPython.noop),
        migrations.RunPython(one_short_name_each, migrations.RunPython.noop),
    ]
