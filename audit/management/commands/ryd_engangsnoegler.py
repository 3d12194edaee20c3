"""manage.py ryd_engangsnoegler: forget the once-keys of forms sent long ago."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import once


class Command(BaseCommand):
    help = "Sletter nøgler, der sikrer mod dobbelt afsendelse, når de er ældre end et antal dage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dage", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{once.drop_older_than(options['dage'])} nøgler slettet.")
