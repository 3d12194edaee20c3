"""Fill an empty database with the demo municipality: families at different stages, dates relative to today."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import time_machine
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cases import actions as cases
from cases.models import Forloeb
from insight.actions import set_target
from insight.inside import inside
from insight.scenario import script
from insight.scenario.player import Player
from organisation.models import Department, User

HERE = Path(__file__).resolve().parents[2]
MUNICIPALITY = HERE.parent / "organisation" / "demo" / "storebaelt.toml"
FAMILIES = (
    "scenarios/anton.toml",
    "scenarios/ung-mor.toml",
    "scenarios/sammensat.toml",
    "demo/elvira.toml",
    "demo/yasmin.toml",
    "demo/mads.toml",
    "demo/signe.toml",
    "demo/villads.toml",
)
# (days ago, sender, sender's department, receiving department, about whom, need): henvendelser nobody has answered.
LETTERS = (
    (
        12,
        "Camilla Toft",
        "Dagtilbud",
        "Myndighed børn",
        "Oskar på 4 år og hans forældre",
        "Oskar er tit træt, og hans far er begyndt i ny behandling. Familien taler med os, jobcentret og lægen hver for sig.",
    ),
    (
        2,
        "Karen Ullerup",
        "Skole",
        "Myndighed unge og handicap",
        "Mille i 8. klasse",
        "Mille kommer sjældent, og hendes storebror er lige flyttet på bosted. Hendes mor siger, at hun ikke kan nå alle møderne.",
    ),
    (
        1,
        "Karen Ullerup",
        "Skole",
        "Job og Fastholdelse",
        "Emils familie",
        "Emils mor er sygemeldt og bange for at miste sit job. Emil bliver hjemme for at passe på hende.",
    ),
)

# What is counted, its name, unit and the year's target.
TARGETS = (
    ("started", "Forløb startet", "count", Decimal(10)),
    ("meetings", "Møder holdt", "count", Decimal(14)),
    ("next_meeting", "Næste møde aftalt efter et møde", "percent", Decimal(90)),
)


class Command(BaseCommand):
    help = "Lægger demodata i en tom database."

    def handle(self, *args: Any, **options: Any) -> None:
        if Forloeb.objects.exists():
            raise CommandError("Der er allerede forløb i databasen. Demodata lægges kun i en tom database.")
        with inside(), transaction.atomic():
            call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0)
            for name in FAMILIES:
                played = script.read(HERE / name)
                Player(played, lambda line: None, on_working_days=True).play(until=0)
                self.stdout.write(f"  {played.family}: {played.title}")
            for letter in LETTERS:
                self._send(*letter)
            self._targets()
        self.stdout.write(f"{Forloeb.objects.count()} forløb og {len(LETTERS)} nye henvendelser er lagt ind.")

    def _targets(self) -> None:
        """U2: what the koordinator aims at this year."""
        koordinator = User.objects.koordinators().by_name()[0]
        start = timezone.localdate().replace(month=1, day=1)
        for key, name, unit, value in TARGETS:
            values = {"key": key, "name": name, "period": "year", "unit": unit, "value": value, "from_date": start}
            set_target(by=koordinator, values=values)

    def _send(self, days: int, sender: str, home: str, to: str, about: str, need: str) -> None:
        with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
            cases.send_henvendelse(
                by=User.objects.get(name=sender),
                sender_department=Department.objects.get(name=home),
                to_department=Department.objects.get(name=to),
                family_text=about,
                need=need,
                family_knows=True,
            )
