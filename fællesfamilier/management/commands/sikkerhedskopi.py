"""manage.py sikkerhedskopi: the whole database, documents included, in one file. The keys are not in it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fællesfamilier import backup


class Command(BaseCommand):
    help = (
        "Tager en sikkerhedskopi af hele databasen, også dokumenterne, til én fil. Appen må gerne være i brug imens. "
        "Nøglerne er ikke i filen: gem dem et andet sted (docs/operations.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sted", type=Path, help="En mappe, eller en fil, der ikke findes endnu.")
        parser.add_argument(
            "--behold", type=int, default=0, metavar="N", help="Slet derefter alle kopier i mappen på nær de N nyeste."
        )

    def handle(self, *args: Any, sted: Path, behold: int, **options: Any) -> None:
        try:
            file = backup.back_up(sted)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        removed = backup.keep_newest(file.parent, behold) if behold > 0 else []
        self.stdout.write(f"{file} ({file.stat().st_size} bytes). Nøglerne er ikke med.")
        if removed:
            self.stdout.write(f"{len(removed)} ældre kopier er slettet.")
