"""The steps of a scenario that concern meetings and Én Plan, by the actions of the pages."""

from datetime import date, timedelta
from typing import Any

from insight.scenario.script import BadScript
from insight.scenario.story import Story
from meetings import actions as meetings
from meetings.models import Meeting
from organisation.models import User
from plans import actions as plans
from plans.models import JournalEntry, PlanItem, PlanVersion
from web import dates
from web.templatetags.ff import plural


class MeetingActs(Story):
    # --- meetings ----------------------------------------------------------------------------------------------------
    def act_plan_meeting(self, step: dict[str, Any]) -> str:
        day = self.meeting_day(step["on"])
        starts = dates.at(day, dates.parse_time(step.get("from", "14.00")))
        staff = step.get("staff", list(self.participations))
        family = step.get("family", [key for key, row in self.script.persons.items() if row.get("in_forloeb", True)])
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

    def meeting_day(self, day: int) -> date:
        """Counted from today. In a demo (`on_working_days`) no meeting from today on lies on a Saturday or a Sunday."""
        found = self.today + timedelta(days=day)
        moves = self.on_working_days and day >= 0 and found.weekday() > 4
        return found + timedelta(days=7 - found.weekday()) if moves else found

    def act_hold(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        by = self._by(step)
        absent = step.get("absent", {})
        for key in step.get("staff", list(self.participations)):
            meetings.set_presence(
                by=by, meeting=meeting, participation=self.participations[key], presence=absent.get(key, "present")
            )
        for key in step.get("family", [key for key, row in self.script.persons.items() if row.get("in_forloeb", True)]):
            meetings.set_presence(by=by, meeting=meeting, person=self.persons[key], presence=absent.get(key, "present"))
        self._write_notes(step, meeting)
        for key, (start, end) in step.get("scaling", {}).items():
            meetings.set_scaling(by=by, meeting=meeting, person=self.persons[key], start=start, end=end)
        meetings.hold(by=by, meeting=meeting)
        return f"møde {meeting.number} er holdt, {plural(len(step.get('note', ())), 'punkt,punkter')} på tavlen"

    def act_board(self, step: dict[str, Any]) -> str:
        """Written on the board of a meeting that is not held yet."""
        self._write_notes(step, self.meetings[step["meeting"]])
        return f"{plural(len(step['note']), 'punkt,punkter')} er skrevet på tavlen til møde {step['meeting']}"

    def _write_notes(self, step: dict[str, Any], meeting: Meeting) -> None:
        for note in step.get("note", ()):
            writer = self.users[note.get("by", step["tavle"])] if step.get("tavle") else self._by(step)
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
        """A line of a version by its text. Raises BadScript."""
        for item in PlanItem.objects.filter(version=version):
            if item.text == text:
                return item
        raise BadScript(f"{self.script.name}: »{text}« står ikke i {version}.")

    def _add(self, by: User, version: PlanVersion, row: dict[str, Any], kind: str, parent: PlanItem | None) -> None:
        if "under" in row:
            item = parent
        else:
            due = self.today + timedelta(days=row["due"]) if "due" in row else None
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
