"""Everything that writes in Én Plan: one verb each, checked, locked, told in the timeline."""

from plans.actions.finishing import file_more, finish
from plans.actions.following import distribute, follow_up, journalise, take_back
from plans.actions.items import add_item, change_item, remove_item, set_outcome, use_note
from plans.actions.versions import change_correction, start_correction, start_version

__all__ = [
    "add_item",
    "change_correction",
    "change_item",
    "distribute",
    "file_more",
    "finish",
    "follow_up",
    "journalise",
    "remove_item",
    "set_outcome",
    "start_correction",
    "start_version",
    "take_back",
    "use_note",
]
