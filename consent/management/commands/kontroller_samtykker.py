"""Check that every declaration still says what was signed (C3)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.hashing import recomputed
from consent.models import Declaration


class Command(BaseCommand):
    help = "Kontrollerer, at tekst, person og svar i hver samtykkeerklæring er, som de blev registreret."

    def handle(self, *args: Any, **options: Any) -> None:
        declarations = (
            Declaration.objects.select_related("text", "forloeb")
            .prefetch_related("consents")
            .order_by("forloeb__number", "sequence")
        )
        checked = 0
        changed = []
        for declaration in declarations.iterator(chunk_size=200):
            checked += 1
            if recomputed(declaration) != declaration.answers_sha256:
                text = f"tekst version {declaration.text.number}"
                changed.append(
                    f"  {declaration.forloeb.number}, erklæring {declaration.sequence}, {text} ({declaration.pk})"
                )
        if changed:
            told = f"{len(changed)} af {checked} erklæringer er ændret, siden de blev registreret:"
            raise CommandError("\n".join([told, *changed]))
        self.stdout.write(f"{checked} erklæringer er, som de blev registreret.")
