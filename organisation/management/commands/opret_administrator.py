"""Make the first system administrator: prints a link with which that person chooses a password, once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from organisation import one_time
from organisation.models import User


class Command(BaseCommand):
    help = (
        "Opretter en systemadministrator og skriver et link, hvor adgangskoden vælges. Kan køres igen for et nyt link."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("brugernavn")
        parser.add_argument("navn")
        parser.add_argument("--adresse", default="", help="Appens adresse, fx https://familier.kommune.dk")

    def handle(self, *args: Any, brugernavn: str, navn: str, adresse: str, **options: Any) -> None:
        if adresse and not adresse.startswith("https://"):
            raise CommandError("Skriv adressen med https:// foran, fx https://familier.kommune.dk.")
        user = User.objects.filter(username=brugernavn).first()
        if user is None:
            user = User(username=brugernavn, name=navn, is_system_admin=True, password=make_password(None))
            try:
                user.full_clean()
            except ValidationError as error:
                raise CommandError("\n".join(_told(error))) from error
            user.save()
        elif not (user.is_system_admin and user.is_active):
            raise CommandError(f"Brugeren {brugernavn} findes og er ikke en aktiv systemadministrator.")
        self.stdout.write(f"{user.name} ({user.username}) er systemadministrator. Linket virker én gang:")
        self.stdout.write(adresse.rstrip("/") + one_time.path_for(user))


def _told(error: ValidationError) -> list[str]:
    """Each fault with the name of its field."""
    names = {field.name: f"{field.verbose_name}: " for field in User._meta.fields}
    return [names.get(field, "") + message for field, messages in error.message_dict.items() for message in messages]
