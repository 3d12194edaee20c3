"""manage.py ryd_kladder: delete drafts that no one has touched for a while."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from drafts import actions


class Command(BaseCommand):
    help = "Sletter kladder, som ingen har rørt i et antal dage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dage", type=int, default=30)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.drop_older_than(options['dage'])} kladder slettet.")
