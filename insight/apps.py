from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "insight"
    label = "insight"
    verbose_name = "Overblik"

    def ready(self) -> None:
        from desk import my_day
        from insight.on_my_day import stuck

        my_day.register(stuck)
