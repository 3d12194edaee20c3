from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    label = "plans"
    verbose_name = "Planer"

    def ready(self) -> None:
        """Let a withdrawal tell what it means for the plan."""
        from consent import consequences
        from plans.consequences import plan_concerned

        consequences.register(plan_concerned)
