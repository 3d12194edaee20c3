"""The steps of a scenario that concern meetings and Én Plan, by the actions of the pages."""

from datetime import timedelta
from typing import Any

from cases.models import Participation
from insight.scenario.shape import Wrong, demand_known, listed, nearest
from insight.scenario.story import Story
from meetings import actions as meetings
from meetings.boards import board_of
from meetings.models import Attendance, BoardNote, Meeting
from organisation.models import User
from plans import actions as plans
from plans.models import JournalEntry, PlanItem, PlanVersion
from web import dates
from web.templatetags.ff import plural


class MeetingActs(Story):
    # --- meetings ----------------------------------------------------------------------------------------------------
    def act_plan_meeting(self, step: dict[str, Any]) -> str:
        day = self.day_of(step["on"])
        starts = dates.at(day, dates.parse_time(step.get("from", "14.00")))
        taking_part, in_it = self._here()
        staff, family = step.get("staff", taking_part), step.get("family", in_it)
        meeting = meetings.plan_meeting(
            by=self._by(step),
            forloeb=self._forloeb(),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=step.get("minutes", 90)),
            pre_meeting_at=starts - timedelta(minutes=30),
            place=step["place"],
            purpose=step.get("purpose", ""),
            participations=[self.participations[key] for key in staff],
            persons=[self.persons[key] for key in family],
            interpreter=step.get("interpreter", ""),
        )
        self.meetings[meeting.number] = meeting
        for role, key in step.get("roles", {}).items():
            meetings.set_role(by=self._by(step), meeting=meeting, role=role, participation=self.participations[key])
        for text in step.get("agenda", ()):
            meetings.add_agenda_point(by=self._by(step), meeting=meeting, text=text)
        return f"møde {meeting.number} er aftalt til {dates.long_date(starts)}"

    def act_hold(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        by = self._by(step)
        absent = step.get("absent", {})
        staff, family = self._invited(meeting)
        for key in step.get("staff", staff):
            meetings.set_presence(
                by=by, meeting=meeting, participation=self.participations[key], presence=absent.get(key, "present")
            )
        for key in step.get("family", family):
            meetings.set_presence(by=by, meeting=meeting, person=self.persons[key], presence=absent.get(key, "present"))
        self._write_notes(step, meeting)
        for key, (start, end) in step.get("scaling", {}).items():
            meetings.set_scaling(by=by, meeting=meeting, person=self.persons[key], start=start, end=end)
        meetings.hold(by=by, meeting=meeting)
        return f"møde {meeting.number} er holdt, {plural(len(step.get('note', ())), 'punkt,punkter')} på tavlen"

    def _here(self) -> tuple[list[str], list[str]]:
        """Who takes part now, and who of the family is in the forløb: those that a meeting is planned with."""
        open_parts = set(Participation.objects.open().filter(forloeb=self._forloeb()).values_list("pk", flat=True))
        persons = set(self._forloeb().persons.filter(to_date__isnull=True).values_list("person", flat=True))
        return (
            [key for key, one in self.participations.items() if one.pk in open_parts],
            [key for key, one in self.persons.items() if one.pk in persons],
        )

    def _invited(self, meeting: Meeting) -> tuple[list[str], list[str]]:
        invited = Attendance.objects.filter(meeting=meeting)
        there = {pk for row in invited.values_list("participation", "person") for pk in row}
        return (
            [key for key, one in self.participations.items() if one.pk in there],
            [key for key, one in self.persons.items() if one.pk in there],
        )

    def act_board(self, step: dict[str, Any]) -> str:
        """Written on the board of a meeting that is not held yet."""
        self._write_notes(step, self.meetings[step["meeting"]])
        return f"{plural(len(step['note']), 'punkt,punkter')} er skrevet på tavlen til møde {step['meeting']}"

    def _write_notes(self, step: dict[str, Any], meeting: Meeting) -> None:
        columns = [column.key for column in board_of(meeting).columns]
        for note in step.get("note", ()):
            demand_known(note["column"], columns, "»column«", "en kolonne på tavlen")
            key = note.get("by") or step.get("tavle")
            writer = self.users[key] if key else self._by(step)
            meetings.add_note(by=writer, meeting=meeting, column=note["column"], text=note["text"], **self._marks(note))

    def act_smileys(self, step: dict[str, Any]) -> str:
        for key, value in step["given"].items():
            meetings.give_smiley(
                by=self._by(step), meeting=self.meetings[step["meeting"]], person=self.persons[key], value=value
            )
        return f"{len(step['given'])} har svaret på smiley-linealen"

    # --- the plan ----------------------------------------------------------------------------------------------------
    def act_plan(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        by = self._by(step)
        version = plans.start_version(by=by, meeting=meeting)
        self.versions[version.number] = version
        for text, answer in step.get("carried", {}).items():
            item = self.item(version, text)
            outcome, note = answer if isinstance(answer, list) else (answer, "")
            plans.set_outcome(by=by, item=item, outcome=outcome, note=note)
        for goal in step.get("goal", ()):
            self._add(by, version, goal, "goal", self.item(version, goal["under"]) if "under" in goal else None)
        if step.get("finish", True):
            plans.finish(by=by, version=version)
            return f"Én Plan version {version.number} er færdig"
        return f"Én Plan version {version.number} er en kladde"

    def item(self, version: PlanVersion, text: str) -> PlanItem:
        """A line of a version by its text. Raises Wrong."""
        items = {item.text: item for item in PlanItem.objects.filter(version=version)}
        if text not in items:
            raise Wrong(f"»{text}« står ikke i {version}.{nearest(text, items)} Der står: {listed(items)}.")
        return items[text]

    def note(self, meeting: Meeting, text: str) -> BoardNote:
        """A note on a board by its text. Raises Wrong."""
        notes = {note.text: note for note in BoardNote.objects.filter(meeting=meeting).for_sharing()}
        if text not in notes:
            told = f"Der står: {listed(notes)}."
            raise Wrong(f"»{text}« står ikke på tavlen til møde {meeting.number}.{nearest(text, notes)} {told}")
        return notes[text]

    def _add(self, by: User, version: PlanVersion, row: dict[str, Any], kind: str, parent: PlanItem | None) -> None:
        due = self.day_of(row["due"]) if "due" in row else None
        if "under" in row:
            item = parent
        elif "note" in row:  # the board's own words and marks; who and when come after
            item = plans.use_note(
                by=by, version=version, note=self.note(version.meeting, row["note"]), kind=kind, parent=parent
            )
            later = self._who(row.get("who")) | ({"due_on": due} if due else {})
            item = plans.change_item(by=by, item=item, **later) if later else item
        else:
            item = plans.add_item(
                by=by,
                version=version,
                kind=kind,
                parent=parent,
                text=row["text"],
                due_on=due,
                **self._who(row.get("who")),
                **self._marks(row),
            )
        for below in ("sub_goal", "effort", "agreement"):
            for child in row.get(below, ()):
                self._add(by, version, child, below, item)

    def act_follow_up(self, step: dict[str, Any]) -> str:
        version = self.versions[max(self.versions)]
        for text, state in step["agreements"].items():
            plans.follow_up(
                by=self._by(step), agreement=self.item(version, text), state=state, note=step.get("note", "")
            )
        return f"{plural(len(step['agreements']), 'aftale,aftaler')} er fulgt op"

    def act_journal(self, step: dict[str, Any]) -> str:
        lines = JournalEntry.objects.missing().filter(
            version=self.versions[step["version"]], department=self.departments[step["by"]]
        )
        count = 0
        for entry in lines:
            plans.journalise(by=self.users[step["by"]], entry=entry, document_number=f"2026-{entry.pk.hex[:6]}")
            count += 1
        return f"{plural(count, 'linje,linjer')} journaliseret i {self.departments[step['by']].name}"
