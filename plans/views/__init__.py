"""The pages of Én Plan; split by screen."""

from plans.views.journal import journal, journalise, take_back
from plans.views.reading import copy, distribute, file_more, follow_up, page
from plans.views.writing import correct, edit, item, start

__all__ = [
    "copy",
    "correct",
    "distribute",
    "edit",
    "file_more",
    "follow_up",
    "item",
    "journal",
    "journalise",
    "page",
    "start",
    "take_back",
]
