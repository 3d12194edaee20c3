from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"
    label = "consent"
    verbose_name = "Samtykke"

    def ready(self) -> None:
        from cases import knowing, readiness
        from consent.department_cases import knows_case
        from consent.readiness import consent_lines
        from consent.sharing import knows_of

        knowing.register(knows_of, knows_case)
        readiness.register(consent_lines)
