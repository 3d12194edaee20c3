"""Fill an empty database with many invented forløb (`insight/synthetic.py`)."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import Forloeb
from insight import synthetic
from organisation.models import Department

MUNICIPALITY = Path(__file__).resolve().parents[3] / "organisation" / "demo" / "storebaelt.toml"


class Command(BaseCommand):
    help = "Lægger opdigtede forløb i en tom database, så appen kan prøves i fuld størrelse."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forloeb", type=int, default=1000, help="Hvor mange (1000).")
        parser.add_argument("--seed", type=int, default=1, help="Samme tal giver de samme familier (1).")
        parser.add_argument("--tilfoej", action="store_true", help="Også i en database, hvor der er forløb i forvejen.")

    def handle(self, *args: Any, **options: Any) -> None:
        if Forloeb.objects.exists() and not options["tilfoej"]:
            raise CommandError("Der er allerede forløb i databasen. Brug --tilfoej for at lægge flere til.")
        if not Department.objects.exists():
            call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0)
        told = (lambda done: self.stdout.write(f"  {done}")) if options["verbosity"] else None
        synthetic.make(options["forloeb"], seed=options["seed"], told=told)
        self.stdout.write(f"{options['forloeb']} forløb er lagt ind.")
