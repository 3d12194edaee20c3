from django.apps import AppConfig
from django.core.checks import register


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"
    verbose_name = "Familier og forløb"

    def ready(self) -> None:
        from cases.ages import check_ages
        from cases.collaboration.checks import check_models

        register(check_models, "files")
        register(check_ages, "files")
