"""manage.py opgaver: everything periodic, once. Safe to run twice at once; ends with an error when one job failed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fællesfamilier import jobs


class Command(BaseCommand):
    help = "Kører alle faste opgaver én gang og skriver en linje for hver. Slutter med fejl, hvis en af dem fejlede."

    def handle(self, *args: Any, **options: Any) -> None:
        with jobs.alone() as is_alone:
            if not is_alone:
                self.stdout.write("Opgaverne kører allerede et andet sted. Intet er gjort her.")
                return
            failed = []
            for job in jobs.run_all():
                line = f"{job.name}: {'ok' if job.is_well else 'FEJL'} ({job.seconds:.1f} s) {job.said}".rstrip()
                (self.stdout if job.is_well else self.stderr).write(line)
                failed += [] if job.is_well else [job.name]
        if failed:
            raise CommandError(f"Disse opgaver fejlede: {', '.join(failed)}.")
