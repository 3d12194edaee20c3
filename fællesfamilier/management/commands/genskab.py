"""manage.py genskab: put the whole database back from a backup, all of it or nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fællesfamilier import backup, health


class Command(BaseCommand):
    help = (
        "Lægger hele databasen tilbage fra en sikkerhedskopi, og kontrollerer den. Stop appen først. "
        "Nøglerne skal være dem, kopien er taget med."
    )
    # The database may be empty or damaged: that is why this is being run.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fil", type=Path, help="En fil fra manage.py sikkerhedskopi.")
        parser.add_argument("--overskriv", action="store_true", help="Erstat alt, hvad databasen har nu.")

    def handle(self, *args: Any, fil: Path, overskriv: bool, **options: Any) -> None:
        try:
            facts = backup.restore(fil, overwrite=overskriv)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Databasen er, som den var {facts['taken_at']}: {sum(facts['rows'].values())} rækker.")
        if health.missing_migrations():
            self.stdout.write("Kopien er fra en ældre udgave. Kør manage.py migrate, før appen startes.")
            return
        faults = backup.log_faults(facts["anchor"])
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("Databasen er lagt tilbage, men adgangsloggen i den er ikke hel.")
        self.stdout.write("Adgangsloggen er hel. Kør manage.py opgaver, så det, der var slettet, slettes igen.")
