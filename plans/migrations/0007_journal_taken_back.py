"""A journalising that is taken back leaves what it said, with why (P7). The database refuses to change that."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import web.fields
from web.triggers import forbid

SAID = "Det, der er taget tilbage, kan ikke ændres."


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0006_topic_is_guess"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalTakenBack",
            fields=[
                ("id", web.fields.OpaqueIdField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "document_number",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="dokumentnummer, som det stod"
                    ),
                ),
                ("journalised_on", models.DateField(verbose_name="skrevet som journaliseret")),
                ("reason", web.fields.EncryptedTextField(verbose_name="hvorfor")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="taget tilbage")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="taken_back", to="plans.journalentry"
                    ),
                ),
                (
                    "journalised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "journalisering, der er taget tilbage",
                "verbose_name_plural": "journaliseringer, der er taget tilbage",
                "ordering": ["at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="journal_taken_back_says_why",
                        violation_error_message="Skriv, hvorfor journaliseringen tages tilbage.",
                    )
                ],
            },
        ),
        forbid("plans_journaltakenback", "UPDATE", "DELETE", "TRUNCATE", message=SAID),
    ]
