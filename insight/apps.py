from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "insight"
    label = "insight"
    verbose_name = "Overblik"
