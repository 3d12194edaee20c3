"""Play a scenario's steps through the same actions as the pages, each at its own moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from cases import actions as cases
from cases.models import DepartmentCase, Family, Forloeb, Henvendelse, Participation, Person
from consent import actions as consent
from consent.models import Topic
from insight.scenario import musts
from insight.scenario.script import BadScript, Script
from meetings import actions as meetings
from meetings.models import Attendance, Meeting
from organisation.models import Department, Employment, ExternalParty, User
from plans import actions as plans
from plans.models import JournalEntry, PlanItem, PlanVersion
from web import dates
from web.errors import Refused


@dataclass(slots=True)
class Player:
    """One playing of one scenario; keeps who and what by the file's keys."""

    script: Script
    say: Callable[[str], None]
    today: date = field(default_factory=timezone.localdate)
    until: int | None = None
    users: dict[str, User] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    participations: dict[str, Participation] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    versions: dict[int, PlanVersion] = field(default_factory=dict)
    henvendelse: Henvendelse | None = None
    forloeb: Forloeb | None = None
    said: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    # --- playing -----------------------------------------------------------------------------------------------------
    def play(self, until: int | None = None) -> None:
        """All steps in order. Raises BadScript when a step does not do what the file expects.

        until: the last day played (the demo plays up to today, 0); None plays all.
        """
        self.until = until
        for key, row in self.script.staff.items():
            self._employee(key, row)
        for number, step in enumerate(self.script.steps, 1):
            if until is not None and step["day"] > until:
                return
            if until is not None and step["act"] == "must":
                continue
            act = getattr(self, f"act_{step['act']}", None)
            if act is None:
                raise BadScript(f"{self.script.name}: trin {number}: »{step['act']}« kendes ikke.")
            with self.at(step["day"], step.get("at", "10.00")):
                self._run(number, step, act)

    def _run(self, number: int, step: dict[str, Any], act: Callable[[dict[str, Any]], str]) -> None:
        rules = ", ".join(step.get("rules", ()))
        moment = timezone.localtime()
        prefix = f"{dates.long_date(moment)} kl. {dates.clock(moment)}"
        expected = step.get("refused")
        try:
            told = act(step)
        except (Refused, ValidationError) as refusal:
            words = refusal.message if isinstance(refusal, Refused) else " ".join(refusal.messages)
            if expected is None or expected not in words:
                raise BadScript(f"{self.script.name}: trin {number} ({step['act']}): {words}") from refusal
            self.said.append(words)
            told = f"afvist, som det skal: {words}"
        else:
            if expected is not None:
                raise BadScript(f"{self.script.name}: trin {number} ({step['act']}) skulle være afvist: {expected}")
        self.say(f"{prefix}  {told}{f'  [{rules}]' if rules else ''}")

    @contextmanager
    def at(self, day: int, clock: str) -> Iterator[None]:
        """As if it were that day (counted from today) and hour."""
        moment = dates.at(self.today + timedelta(days=day), dates.parse_time(clock))
        with time_machine.travel(moment, tick=False):
            yield

    # --- looking up by key -------------------------------------------------------------------------------------------
    def _employee(self, key: str, row: dict[str, Any]) -> None:
        if row.get("external"):
            return
        employment = Employment.objects.current().select_related("user", "department__area")
        if row.get("name"):
            employment = employment.filter(user__name=row["name"])
        if row.get("department"):
            employment = employment.filter(department__name=row["department"])
        found = employment.order_by("user__name").first()
        if found is None:
            raise BadScript(f"{self.script.name}: »{key}« passer ikke på nogen ansat i kommunen.")
        self.users[key] = found.user
        self.departments[key] = found.department

    def _by(self, step: dict[str, Any]) -> User:
        return self.users[step["by"]] if "by" in step else self.tovholder()

    def tovholder(self) -> User:
        """Who leads the forløb now. Raises BadScript when nobody does."""
        found = Participation.objects.open().tovholder().filter(forloeb=self._forloeb()).select_related("user").first()
        if found is None or found.user is None:
            raise BadScript(f"{self.script.name}: forløbet har ingen tovholder.")
        return found.user

    def _forloeb(self) -> Forloeb:
        self._started().refresh_from_db()
        return self._started()

    @property
    def forloeb_pk(self) -> UUID:
        """Its key, also when it is erased."""
        return self._started().pk

    def _started(self) -> Forloeb:
        if self.forloeb is None:
            raise BadScript(f"{self.script.name}: forløbet er ikke startet endnu.")
        return self.forloeb

    def attendance(self, meeting: Meeting, key: str) -> Attendance:
        """The row of one who was invited, from the family or among the staff."""
        if key in self.persons:
            return Attendance.objects.get(meeting=meeting, person=self.persons[key])
        return Attendance.objects.get(meeting=meeting, participation=self.participations[key])

    def recipient(self, name: str) -> str:
        """The recipient key of a department, an external party or a person of the family, by name or key."""
        if name in self.persons:
            return f"p:{self.persons[name].pk}"
        department = Department.objects.filter(name=name).first()
        if department is not None:
            return f"d:{department.pk}"
        return f"x:{ExternalParty.objects.get(name=name).pk}"

    def _who(self, key: str | None) -> dict[str, Any]:
        """The responsible of an effort or agreement, from the family or among the staff."""
        if key is None:
            return {}
        if key in self.persons:
            return {"responsible_person": self.persons[key]}
        return {"responsible": self.participations[key]}

    def _marks(self, row: dict[str, Any]) -> dict[str, Any]:
        marks: dict[str, Any] = {
            mark: [self.persons[key] for key in row[mark]] for mark in ("about", "kept_from") if mark in row
        }
        if "topic" in row:
            marks["topic"] = Topic.objects.get(key=row["topic"])
        if "said_by" in row:
            marks["said_by"] = self.persons[row["said_by"]]
        return marks

    def act_must(self, step: dict[str, Any]) -> str:
        """Check one must of the file at this moment of the story."""
        must = next((row for row in self.script.musts if row["id"] == step["id"]), None)
        if must is None:
            raise BadScript(f"{self.script.name}: der er intet krav, der hedder »{step['id']}«.")
        self.checked.add(must["id"])
        for part in must.get("part", [must]):
            try:
                musts.check(self, part)
            except musts.Failed as wrong:
                self.results.append(f"FEJL {must['id']}: {must['text']} ({wrong})")
                return f"krav {must['id']} holder ikke: {wrong}"
        self.results.append(f"ok   {must['id']}: {must['text']}")
        return f"krav {must['id']} holder"

    # --- henvendelse and start ---------------------------------------------------------------------------------------
    def act_henvendelse(self, step: dict[str, Any]) -> str:
        sender = self.users[step["by"]]
        self.henvendelse = cases.send_henvendelse(
            by=sender,
            sender_department=self.departments[step["by"]],
            to_department=Department.objects.get(name=step["to"]),
            to_user=self.users[step["to_user"]] if "to_user" in step else None,
            family_text=step["about"],
            need=step["need"],
            family_knows=step.get("family_knows", True),
        )
        return f"{sender.name} sender en henvendelse til {step['to']}"

    def act_pass_on(self, step: dict[str, Any]) -> str:
        assert self.henvendelse is not None
        to = Department.objects.get(name=step["to"])
        cases.pass_on_henvendelse(
            by=self.users[step["by"]], henvendelse=self.henvendelse, to_department=to, note=step.get("note", "")
        )
        return f"henvendelsen er sendt videre til {to.name}"

    def act_decline(self, step: dict[str, Any]) -> str:
        assert self.henvendelse is not None
        cases.decline_henvendelse(by=self.users[step["by"]], henvendelse=self.henvendelse, reason=step["reason"])
        return "henvendelsen er afvist med en begrundelse"

    def act_accept(self, step: dict[str, Any]) -> str:
        assert self.henvendelse is not None
        cases.accept_henvendelse(by=self.users[step["by"]], henvendelse=self.henvendelse)
        return f"{self.users[step['by']].name} tager imod henvendelsen"

    def act_start(self, step: dict[str, Any]) -> str:
        families = Family.objects.count()
        try:
            self.forloeb = cases.start_forloeb(
                by=self.users[step["by"]],
                department=self.departments[step["by"]],
                family_name=self.script.family,
                need=step["need"],
                model_key=self.script.model,
                board_key=step.get("board", ""),
                underretning=step.get("underretning", False),
                other_track=step.get("other_track", False),
                henvendelse=self.henvendelse,
            )
        except Refused:
            if Family.objects.count() != families:
                raise BadScript("Startcheck gemte noget, selv om det stoppede.") from None
            raise
        self.participations[step["by"]] = Participation.objects.get(forloeb=self.forloeb, user=self.users[step["by"]])
        return f"forløb {self.forloeb.number} er startet, {self.users[step['by']].name} er tovholder"

    def act_family(self, step: dict[str, Any]) -> str:
        for key, row in self.script.persons.items():
            self.persons[key] = cases.add_person(
                by=self.tovholder(),
                forloeb=self._forloeb(),
                first_name=row["first_name"],
                last_name=row.get("last_name", ""),
                cpr=row.get("cpr", ""),
                kind=row["kind"],
                relation=row.get("relation", ""),
                household=row.get("household", ""),
                in_forloeb=row.get("in_forloeb", True),
                is_focus=row.get("focus", False),
                phone=row.get("phone", ""),
                address=row.get("address", ""),
                protected_address=row.get("protected_address", False),
                interpreter=row.get("interpreter", ""),
            )
        for key, row in self.script.persons.items():
            if row.get("custody"):
                holders = [self.persons[holder] for holder in row["custody"]]
                cases.set_custody(
                    by=self.tovholder(), forloeb=self._forloeb(), child=self.persons[key], holders=holders
                )
        return f"{len(self.persons)} personer er skrevet på"

    def act_cases(self, step: dict[str, Any]) -> str:
        for name, keys in step["in"].items():
            department = Department.objects.get(name=name)
            # A person known from another forløb (the demo's own) may have the case already.
            open_cases = DepartmentCase.objects.filter(department=department, to_date__isnull=True)
            for key in keys:
                person = self.persons[key]
                if not open_cases.filter(person=person).exists():
                    cases.record_department_case(
                        by=self.tovholder(), forloeb=self._forloeb(), person=person, department=department
                    )
        return "det er skrevet, hvem der har sag hvor"

    def act_participants(self, step: dict[str, Any]) -> str:
        for key in step["who"]:
            row = self.script.staff[key]
            if row.get("external"):
                external = ExternalParty.objects.get(name=row["external"])
                self.participations[key] = cases.add_external(
                    by=self.tovholder(),
                    forloeb=self._forloeb(),
                    external=external,
                    name=row["name"],
                    role=row.get("role", "professional"),
                    title=row.get("title", ""),
                    phone=row.get("phone", ""),
                )
                continue
            self.participations[key] = cases.add_participant(
                by=self.tovholder(),
                forloeb=self._forloeb(),
                user=self.users[key],
                department=self.departments[key],
                role=step.get("role") or row.get("role", "professional"),
                title=row.get("title", ""),
            )
        return "med i forløbet: " + ", ".join(self.participations[key].name for key in step["who"])

    def act_hand_over(self, step: dict[str, Any]) -> str:
        cases.hand_over(
            by=self._by(step),
            forloeb=self._forloeb(),
            to_user=self.users[step["to"]],
            to_department=self.departments[step["to"]],
            reason=step["reason"],
        )
        return f"tovholder er nu {self.users[step['to']].name}"

    def act_hand_over_all(self, step: dict[str, Any]) -> str:
        by = self.tovholder()
        led = list(Forloeb.objects.open().led_by(by))
        cases.hand_over_many(
            by=by,
            forloebs=led,
            to_user=self.users[step["to"]],
            to_department=self.departments[step["to"]],
            reason=step["reason"],
        )
        return f"{len(led)} forløb er overleveret på én gang til {self.users[step['to']].name}"

    def act_end(self, step: dict[str, Any]) -> str:
        held = Meeting.objects.filter(forloeb=self._forloeb()).held().count()
        cases.end_forloeb(
            by=self._by(step),
            forloeb=self._forloeb(),
            reason=step["reason"],
            text=step.get("text", ""),
            held_meetings=held,
        )
        return f"forløbet er afsluttet: {self._forloeb().get_end_reason_display()}"

    def act_erase(self, step: dict[str, Any]) -> str:
        """The nightly erasure, of everything that is due on this day. The file keeps it in the past: nobody loses early."""
        if step["day"] > 0:
            raise BadScript(f"{self.script.name}: »erase« kan kun spilles på en dag, der er gået.")
        told = StringIO()
        call_command("slet_udloebne", stdout=told)
        self.said += told.getvalue().splitlines()
        return "det udløbne er slettet"

    def act_pause(self, step: dict[str, Any]) -> str:
        cases.pause_forloeb(by=self._by(step), forloeb=self._forloeb())
        return "forløbet er på pause"

    def act_bar(self, step: dict[str, Any]) -> str:
        cases.bar(by=self._by(step), forloeb=self._forloeb(), user=self.users[step["who"]], reason=step["reason"])
        return "en kollega er spærret"

    # --- consent -----------------------------------------------------------------------------------------------------
    def act_guidance(self, step: dict[str, Any]) -> str:
        for key in step["who"]:
            consent.read_guidance(by=self.users[key])
        return "vejledningen om samtykke er læst"

    def act_consent(self, step: dict[str, Any]) -> str:
        person = self.persons[step["person"]]
        answers: dict[tuple[str, Topic], str] = {}
        topics = {topic.key: topic for topic in Topic.objects.filter(is_active=True)}
        for word in ("yes", "no"):
            for name, chosen in step.get(word, {}).items():
                for key in topics if chosen == "all" else chosen:
                    answers[self.recipient(name), topics[key]] = word
        signers = [self.persons[key] for key in step.get("signed_by", [step["person"]])]
        consent.register_declaration(
            by=self._by(step),
            forloeb=self._forloeb(),
            person=person,
            answers=answers,
            way=step.get("way", "paper"),
            oral_note=step.get("note", ""),
            leaflet_given_on=timezone.localdate(),
            expires_on=self.today + timedelta(days=step["expires"]) if "expires" in step else None,
            signatures=[(signer, timezone.localdate()) for signer in signers],
        )
        return f"samtykke fra {person.first_name}: {len(answers)} svar, underskrevet af {len(signers)}"

    def act_withdraw(self, step: dict[str, Any]) -> str:
        topics = [Topic.objects.get(key=key) for key in step["topics"]] if "topics" in step else None
        consent.withdraw(
            by=self._by(step),
            forloeb=self._forloeb(),
            person=self.persons[step["person"]],
            recipients=[self.recipient(name) for name in step["recipients"]] if "recipients" in step else None,
            topics=topics,
            way=step.get("way", "oral"),
        )
        return f"{self.persons[step['person']].first_name} har trukket samtykke tilbage"

    def act_activate(self, step: dict[str, Any]) -> str:
        consent.activate_forloeb(by=self._by(step), forloeb=self._forloeb())
        return "forløbet er aktivt"

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
        """Counted from today. In a demo nobody will hold the meetings to come: none of them lies on a Saturday or Sunday."""
        found = self.today + timedelta(days=day)
        is_to_come = self.until is not None and day > self.until
        return found + timedelta(days=7 - found.weekday() if is_to_come and found.weekday() > 4 else 0)

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
        for note in step.get("note", ()):
            writer = self.users[note.get("by", step.get("tavle", step.get("by")))] if step.get("tavle") else by
            meetings.add_note(by=writer, meeting=meeting, column=note["column"], text=note["text"], **self._marks(note))
        for key, (start, end) in step.get("scaling", {}).items():
            meetings.set_scaling(by=by, meeting=meeting, person=self.persons[key], start=start, end=end)
        meetings.hold(by=by, meeting=meeting)
        return f"møde {meeting.number} er holdt, {len(step.get('note', ()))} punkter på tavlen"

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
        return f"{len(step['agreements'])} aftaler er fulgt op"

    def act_journal(self, step: dict[str, Any]) -> str:
        lines = JournalEntry.objects.missing().filter(
            version=self.versions[step["version"]], department=self.departments[step["by"]]
        )
        count = 0
        for entry in lines:
            plans.journalise(by=self.users[step["by"]], entry=entry, document_number=f"2026-{entry.pk.hex[:6]}")
            count += 1
        return f"{count} linjer journaliseret i {self.departments[step['by']].name}"
