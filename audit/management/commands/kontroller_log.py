"""manage.py kontroller_log: verify the access log's chain."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checking

ANCHOR = re.compile(r"0:|[1-9][0-9]*:[0-9a-f]{64}")


class Command(BaseCommand):
    help = "Kontrollerer hele adgangsloggen og siger, hvad der er galt. Slutter med fejl, hvis noget er galt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anker", default="", help="Et anker fra en tidligere kontrol, gemt uden for databasen.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anker"] and not ANCHOR.fullmatch(options["anker"]):
            raise CommandError(
                "Ankeret kan ikke læses. Skriv det, som det står efter »Anker«: et tal, et kolon og 64 tegn."
            )
        faults = list(checking.faults(options["anker"]))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("Adgangsloggen er ikke hel.")
        self.stdout.write("Adgangsloggen er hel.")
        self.stdout.write(f"Anker (gem det uden for databasen): {checking.anchor_now()}")
