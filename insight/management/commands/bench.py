"""`./run bench`: how the pages and the PDFs do, in a small municipality and a large one (`insight/bench.py`)."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from insight import bench
from insight.bench_verdict import verdicts

MUNICIPALITY = settings.BASE_DIR / "organisation" / "demo" / "storebaelt.toml"
SMALL, LARGE, TURNS = 100, 10_000, 15


class Command(BaseCommand):
    help = (
        "Måler sider og PDF'er i to databaser af sine egne, en lille og en stor. Rører ingen data. "
        "Med DATABASE_URL til PostgreSQL laves de to ved siden af den, og de slettes igen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", type=int, default=LARGE, help=f"Forløb i den store ({LARGE}).")
        parser.add_argument("--lille", type=int, default=SMALL, help=f"Forløb i den lille ({SMALL}).")
        parser.add_argument("--gange", type=int, default=TURNS, help=f"Hvor mange gange hver side hentes ({TURNS}).")
        parser.add_argument("--hurtig", action="store_true", help="Små tal: kun for at se, at det kører.")
        parser.add_argument("--json", action="store_true", help="Skriv tallene som JSON.")
        parser.add_argument("--kun", type=int, help="Mål i denne database, som skal være tom (bruges indefra).")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["kun"]:
            self._here(options["kun"], options["gange"])
            return
        small, large, turns = options["lille"], options["store"], options["gange"]
        if options["hurtig"]:
            small, large, turns = 60, 120, 1
        both = []
        for size in (small, large):
            self.stderr.write(f"{connection.display_name}: laver {size} forløb og måler …", style_func=str)
            both.append(self._apart(size, turns))
        if options["json"]:
            self.stdout.write(json.dumps({str(small): both[0], str(large): both[1]}, ensure_ascii=False))
        else:
            self._table(small, large, *both)

    def _here(self, number: int, turns: int) -> None:
        call_command("migrate", verbosity=0)
        call_command("indlaes_kommune", str(MUNICIPALITY), verbosity=0)
        try:
            self.stdout.write(json.dumps(bench.measure(number, turns)))
        except bench.NotMeasured as failed:
            raise CommandError(str(failed)) from failed

    def _apart(self, number: int, turns: int) -> dict[str, Any]:
        """Measure in a process of its own, with its own data directory, keys and database."""
        with tempfile.TemporaryDirectory() as folder, _database(number) as database:
            env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
            # Its own keys, whatever this process was started with.
            env = {key: value for key, value in env.items() if not key.endswith("_KEY") and key != "FIELD_KEYS"}
            env |= {"FF_DATA": folder, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "fællesfamilier.settings", **database}
            command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "bench"]
            command += ["--kun", str(number), "--gange", str(turns)]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CommandError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]

    def _table(self, small: int, large: int, first: dict[str, Any], second: dict[str, Any]) -> None:
        write = self.stdout.write
        write(f"\n{connection.display_name}: {small} forløb mod {large}")
        write(f"Lavet på {first['made']:.0f} s og {second['made']:.0f} s af processorens tid.\n")
        write(f"{'':40}{small:>16} {large:>20}    stor/lille  mod det mindste")
        least = second["rows"][0]["milliseconds"]
        for one, two in zip(first["rows"], second["rows"], strict=True):
            write(
                f"{two['name']:40}{one['milliseconds']:9.1f} ms {one['queries']:3} sql {two['milliseconds']:9.1f} ms "
                f"{two['queries']:3} sql {two['milliseconds'] / one['milliseconds']:11.2f} {two['milliseconds'] / least:12.1f}"
            )
        write("")
        for verdict in verdicts(first["rows"], second["rows"]):
            write(f"{'Nået:     ' if verdict.is_met else 'Ikke nået:'} {verdict.aim}. {verdict.found}")


@contextmanager
def _database(number: int) -> Iterator[dict[str, str]]:
    """What the environment says of the database: nothing for the embedded one, in the data directory; else a new one
    beside the one we were started with."""
    if connection.vendor != "postgresql":
        yield {}
        return
    name = f"ff_bench_{number}"
    url = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            # No workers beside the server's process: their time could not be seen.
            yield {"DATABASE_URL": f"{url}/{name}?options=-c%20max_parallel_workers_per_gather%3D0"}
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
