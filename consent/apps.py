from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"
    label = "consent"
    verbose_name = "Samtykke"

    def ready(self) -> None:
        from cases import knowing, readiness
        from consent.basis import knows_of
        from consent.department_cases import knows_case
        from consent.labels import knows_externals_in
        from consent.readiness import consent_lines
        from consent.reading import reads_texts_in
        from consent.unmarked import knows_names_in

        knowing.register(knows_of, knows_case, knows_names_in, knows_externals_in, reads_texts_in)
        readiness.register(consent_lines)
