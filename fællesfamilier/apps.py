"""The project package is an app itself: commands and pages about the whole house stand above every app of it."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    name = "fællesfamilier"
    label = "faellesfamilier"
    verbose_name = "Drift"

    def ready(self) -> None:
        # Once per run of migrate. Django sends the signal for apps with tables only, and this one has none.
        post_migrate.connect(_make_cache_table, sender=apps.get_app_config("organisation"))


def _make_cache_table(using: str, **kwargs: Any) -> None:
    """The shared cache's table is no model of anybody's; Django's command makes it when it is not there."""
    call_command("createcachetable", database=using, verbosity=0)
