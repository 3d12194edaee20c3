"""`./run bench`: how the pages and the PDFs do, in a small municipality and a large one (`insight/bench.py`)."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from insight import bench

MUNICIPALITY = settings.BASE_DIR / "organisation" / "demo" / "storebaelt.toml"
SMALL, LARGE, TURNS = 100, 10_000, 15
MOST_QUERIES, MOST_GROWTH, MOST_PDF = 15, 2.0, 1.2


class Command(BaseCommand):
    help = "Måler sider og PDF'er i to databaser af sine egne, en lille og en stor. Rører ingen data."

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
        both = [self._apart(size, turns) for size in (small, large)]
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

    def _apart(self, number: int, turns: int) -> list[dict[str, Any]]:
        """Measure in a process of its own, with its own data directory, keys and embedded database."""
        with tempfile.TemporaryDirectory() as folder:
            env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DEBUG")}
            # Its own keys, whatever this process was started with.
            env = {key: value for key, value in env.items() if not key.endswith("_KEY") and key != "FIELD_KEYS"}
            env |= {"FF_DATA": folder, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "fællesfamilier.settings"}
            command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "bench"]
            command += ["--kun", str(number), "--gange", str(turns)]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CommandError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1])

    def _table(self, small: int, large: int, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
        least = second[0]["milliseconds"]
        self.stdout.write(f"{'':34}{small:>14} forløb {large:>14} forløb    stor/lille  mod det mindste")
        for one, two in zip(first, second, strict=True):
            growth = two["milliseconds"] / one["milliseconds"]
            self.stdout.write(
                f"{two['name']:34}{one['milliseconds']:9.1f} ms {one['queries']:3} sql {two['milliseconds']:9.1f} ms "
                f"{two['queries']:3} sql {growth:11.2f} {two['milliseconds'] / least:12.1f}   {_judge(one, two, growth)}"
            )
        ours, bare = second[-3]["milliseconds"], second[-2]["milliseconds"]
        self.stdout.write(f"PDF mod WeasyPrint alene: {ours / bare:.2f} (mål: højst {MOST_PDF})")
        self.stdout.write(
            f"Mål: samme antal sql ved begge størrelser og højst {MOST_QUERIES}; stor/lille højst {MOST_GROWTH}."
        )


def _judge(one: dict[str, Any], two: dict[str, Any], growth: float) -> str:
    said = []
    if one["queries"] != two["queries"]:
        said.append("ikke lige mange sql")
    if two["queries"] > MOST_QUERIES:
        said.append(f"over {MOST_QUERIES} sql")
    if growth > MOST_GROWTH:
        said.append("bliver langsommere")
    return ", ".join(said) or "ok"
