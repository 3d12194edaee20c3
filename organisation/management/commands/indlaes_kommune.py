"""Load a municipality's set-up from one TOML file. Safe to run again: it changes only what differs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisation.municipality import SetupError, load, read


class Command(BaseCommand):
    help = "Indlæser kommunens områder, afdelinger, medarbejdere og eksterne parter fra en TOML-fil."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "fil", type=Path, help="Filen med kommunens opsætning, fx organisation/demo/storebaelt.toml"
        )

    def handle(self, *args: Any, fil: Path, **options: Any) -> None:
        try:
            municipality = read(fil)
            report = load(municipality)
        except SetupError as error:
            raise CommandError("Intet er indlæst.\n" + "\n".join(error.faults)) from error
        if options["verbosity"]:
            self.stdout.write(f"{municipality.name}")
            self.stdout.write("\n".join(report.lines()))
