from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    label = "plans"
    verbose_name = "Planer"

    def ready(self) -> None:
        """Let a withdrawal tell what it means for the plan, and the plan follow the marks of what it took from a board."""
        from consent import consequences
        from meetings import followers
        from plans.actions.from_the_board import follow_note
        from plans.consequences import plan_concerned

        consequences.register(plan_concerned)
        followers.register(follow_note)
