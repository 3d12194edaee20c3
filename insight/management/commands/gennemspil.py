"""Play a scenario through the app's own actions, write its papers, and fail when a must does not hold."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from insight.inside import inside
from insight.management.commands.demo import MUNICIPALITY
from insight.scenario import script
from insight.scenario.papers import papers
from insight.scenario.player import Player
from insight.scenario.shape import Wrong
from organisation.models import Employment


def demand_migrated() -> None:
    """Raises CommandError, with what to do, where no table stands yet."""
    if Employment._meta.db_table not in connection.introspection.table_names():
        raise CommandError("Databasen er ikke klar. Kør først: manage.py migrate")


@contextmanager
def apart() -> Iterator[None]:
    """In a copy of the embedded database, which lets only one write at a time: a play lasts minutes, and nobody who uses
    the app meanwhile waits for it. Any other database, and one that is being written to by us already, is left as it is."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with TemporaryDirectory() as folder:
        copy, served = Path(folder) / "db.sqlite3", connection.settings_dict["NAME"]
        connection.ensure_connection()
        target = sqlite3.connect(copy)
        connection.connection.backup(target)
        target.close()
        try:
            connection.close()
            connection.settings_dict["NAME"] = copy
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = served


class Command(BaseCommand):
    help = "Spiller et scenarie igennem, skriver alle PDF'er, og fejler, hvis et »skal« ikke holder. Gemmer intet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scenarie", help=f"Et navn ({', '.join(script.names())}) eller en fil.")
        parser.add_argument("--ud", type=Path, help="Mappe, som PDF'erne skrives i.")
        parser.add_argument("--behold", action="store_true", help="Behold det spillede i databasen.")

    def handle(self, *args: Any, **options: Any) -> None:
        demand_migrated()
        try:
            played = script.read(script.find(options["scenarie"]))
            with nullcontext() if options["behold"] else apart(), inside(), transaction.atomic():
                failed = self._play(played, options["ud"])
                transaction.set_rollback(not options["behold"])
        except (script.BadScript, Wrong) as error:
            raise CommandError(str(error)) from error
        if not played.musts:  # as with a demo's family
            raise CommandError(
                f"{played.name} er spillet til ende, men har ingen krav, så intet kunne fejle. Skriv et [[must]]."
            )
        if failed:
            raise CommandError(f"{failed} af {len(played.musts)} holder ikke.")
        self.stdout.write(self.style.SUCCESS(f"Alle {len(played.musts)} krav holder."))

    def _play(self, played: script.Script, folder: Path | None) -> int:
        self.stdout.write(f"{played.title} ({played.family})")
        if not Employment.objects.exists():  # nobody to play it with yet
            call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0)
        player = Player(played, self.stdout.write)
        player.play()
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            with player.at(max(step["day"] for step in played.steps), "18.00"):
                self._write(player, folder)
        for result in player.results:
            self.stdout.write(f"  {result}")
        return sum(result.startswith("FEJL") for result in player.results)

    def _write(self, player: Player, folder: Path) -> None:
        number = 0
        for paper in papers(player):
            name = " - ".join(filter(None, [paper.title, paper.reader]))
            if paper.content:
                number += 1
                path = folder / f"{number:03} {name}.pdf"
                path.write_bytes(paper.content)
                self.stdout.write(f"  skrevet: {path.name}")
            else:
                self.stdout.write(f"  ikke lavet: {name}. Siden spørger først, eller tovholderen må ikke se alt i den.")
