"""Count what the overview shows, so that nobody waits for the day's first look. To be run every night."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from insight import overview_kept


class Command(BaseCommand):
    help = "Tæller overblikkets tal for i dag, så koordinatorens første opslag ikke venter på dem."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{overview_kept.count_ahead(timezone.localdate())} opgørelser er talt.")
