"""Encrypt everything with the first key of FIELD_KEYS. Can be stopped and run again; people may work meanwhile."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy import rotation


class Command(BaseCommand):
    help = "Krypterer alt med den første nøgle i FIELD_KEYS. Bagefter kan den gamle nøgle fjernes."

    def handle(self, *args: Any, **options: Any) -> None:
        for place, number in rotation.rotate_all().items():
            self.stdout.write(f"{place}: {number}")
        if waiting := rotation.remaining():
            raise CommandError(f"{waiting} værdier har stadig en ældre nøgle. Kør kommandoen igen.")
        self.stdout.write("Alt er krypteret med den nyeste nøgle. Den gamle nøgle kan fjernes.")
