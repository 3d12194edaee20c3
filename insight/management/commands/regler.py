"""Write docs/rules.md from the code and the tests."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from insight import rulebook


class Command(BaseCommand):
    help = "Skriver docs/rules.md: regel, hvor den er bygget, og hvilke tests der viser den."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tjek", action="store_true", help="Skriv intet; fejl, hvis siden ikke passer.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "rules.md"
        text = rulebook.page()
        if options["tjek"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise SystemExit("docs/rules.md passer ikke. Kør manage.py regler.")
            return
        path.write_text(text, encoding="utf-8")
        for rule in rulebook.unproven():
            self.stdout.write(f"{rule}: bygget, men ingen test nævner den.")
