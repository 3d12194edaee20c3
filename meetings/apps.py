from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    label = "meetings"
    verbose_name = "Møder"

    def ready(self) -> None:
        from cases import held
        from consent import consequences
        from meetings.consequences import (
            agenda_points_concerned,
            board_notes_concerned,
            invited_concerned,
            smiley_words_concerned,
        )
        from meetings.models import Meeting

        consequences.register(board_notes_concerned)
        consequences.register(agenda_points_concerned)
        consequences.register(smiley_words_concerned)
        consequences.register(invited_concerned)
        held.register(lambda forloeb: Meeting.objects.held_count(forloeb))
