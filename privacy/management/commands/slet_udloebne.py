"""Erase what is due (privacy/fields.toml). To be run every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from privacy import erasure
from web.sqlite import let_go


class Command(BaseCommand):
    help = "Sletter det, der er udløbet efter privacy/fields.toml, og lægger en kvittering. --proev tæller kun."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--proev", action="store_true", help="Vis, hvad der ville blive slettet. Slet intet.")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            found = erasure.due()
            lines = erasure.counts(found) if options["proev"] else erasure.erase(found)
        for line in lines:
            past = f" og {line.history} i historikken" if line.history else ""
            self.stdout.write(f"{erasure.WORDS[line.rule]}: {line.rows} {line.table}{past}")
        if found.held:
            self.stdout.write(f"Holdt tilbage: {found.held} forløb mangler journalisering.")
        if not lines:
            self.stdout.write("Intet er udløbet.")
        elif options["proev"]:
            self.stdout.write("Prøve: intet er slettet.")
        if not options["proev"] and not let_go(connection):
            raise CommandError("Databasen var i brug: det slettede står i dens logfil endnu. Kør kommandoen igen.")
