from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    label = "web"
    verbose_name = "Fælles sider"

    def ready(self) -> None:
        from web import sqlite  # noqa: F401  (listens for new connections)
