from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Log"

    def ready(self) -> None:
        from . import signin  # noqa: F401  (listens for people who sign in and out)
