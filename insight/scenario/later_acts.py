"""The steps of a scenario that come on the way: people who change, come and go, what is moved, mended, told and handed out."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases import actions as cases
from cases.models import DepartmentCase
from consent import actions as consent
from consent.models import NetworkContact, WithdrawalNotice
from insight.scenario.meeting_acts import MeetingActs
from insight.scenario.shape import Wrong, listed
from meetings import actions as meetings
from plans import actions as plans
from plans.models import PlanCopy
from web import dates


class LaterActs(MeetingActs):
    # --- people ------------------------------------------------------------------------------------------------------
    def act_change_person(self, step: dict[str, Any]) -> str:
        """Only what the step names is changed."""
        names = (
            "first_name", "last_name", "kind", "relation", "placement", "phone", "address", "protected_address",
            "protected_name", "interpreter", "in_forloeb",
        )  # fmt: skip
        given = {name: step[name] for name in names if name in step}
        if "focus" in step:
            given |= {"in_forloeb": step.get("in_forloeb", True), "is_focus": step["focus"]}
        if "household" in step or "placement" in step:
            given["households"] = [step["household"]] if "household" in step else []
        person = cases.change_person(
            by=self.tovholder(), forloeb=self._forloeb(), person=self.persons[step["person"]], **given
        )
        self.persons[step["person"]] = person
        return f"{person.first_name} er ændret"

    def act_custody(self, step: dict[str, Any]) -> str:
        holders = [self.persons[key] for key in step["holders"]]
        child = self.persons[step["child"]]
        cases.set_custody(by=self.tovholder(), forloeb=self._forloeb(), child=child, holders=holders)
        return f"forældremyndigheden over {child.first_name}: {listed(one.first_name for one in holders)}"

    def act_end_case(self, step: dict[str, Any]) -> str:
        for name, keys in step["in"].items():
            open_cases = DepartmentCase.objects.filter(department=self.department(name), to_date__isnull=True)
            for key in keys:
                found = open_cases.filter(person=self.persons[key]).first()
                if found is None:
                    raise Wrong(f"»{key}« har ingen sag i {name}.")
                cases.end_department_case(by=self.tovholder(), forloeb=self._forloeb(), case=found)
        return "sager er lukket"

    def act_leave(self, step: dict[str, Any]) -> str:
        person = self.persons[step["person"]]
        cases.leave_forloeb_person(by=self.tovholder(), forloeb=self._forloeb(), person=person)
        return f"{person.first_name} er ikke med i forløbet mere"

    def act_end_participation(self, step: dict[str, Any]) -> str:
        row = self.participations[step["who"]]
        cases.end_participation(by=self.tovholder(), participation=row)
        return f"{row.name} er ikke med i forløbet mere"

    def act_unbar(self, step: dict[str, Any]) -> str:
        cases.unbar(by=self._by(step), forloeb=self._forloeb(), user=self.users[step["who"]])
        return "en kollega er ikke spærret mere"

    # --- the life of the forløb --------------------------------------------------------------------------------------
    def act_resume(self, step: dict[str, Any]) -> str:
        cases.resume_forloeb(by=self._by(step), forloeb=self._forloeb())
        return "forløbet er genoptaget"

    def act_reopen(self, step: dict[str, Any]) -> str:
        forloeb = cases.reopen_forloeb(by=self._by(step), forloeb=self._forloeb(), why=step["why"])
        return f"forløbet er åbnet igen: {forloeb.get_state_display()}"

    # --- consent, and what lies around it ----------------------------------------------------------------------------
    def act_sign(self, step: dict[str, Any]) -> str:
        """A signature that comes later, on the person's newest declaration."""
        person, signer = self.persons[step["person"]], self.persons[step["signer"]]
        given = self.declaration(step["person"])
        consent.add_signature(by=self._by(step), declaration=given, signer=signer, signed_on=timezone.localdate())
        return f"{signer.first_name} har skrevet under for {person.first_name}"

    def act_leaflet(self, step: dict[str, Any]) -> str:
        """Handed out later than the answers were written down (C9)."""
        consent.give_leaflet(by=self._by(step), declaration=self.declaration(step["person"]))
        return f"{self.persons[step['person']].first_name} har fået oplysningssedlen"

    def act_confirm_told(self, step: dict[str, Any]) -> str:
        """Whom the newest withdrawal shuts out says that they know (C7)."""
        notices = WithdrawalNotice.objects.filter(withdrawal__forloeb=self._forloeb()).select_related("withdrawal")
        key = self.recipient(step["reader"])
        found = [one for one in notices.order_by("withdrawal__at") if one.recipient == key]
        if not found:
            raise Wrong(f"der er ingen besked om en tilbagekaldelse til »{step['reader']}«.")
        consent.confirm_told(by=self._by(step), notice=found[-1])
        return f"{step['reader']} har fået besked om tilbagekaldelsen"

    def act_clue(self, step: dict[str, Any]) -> str:
        """A word that would tell where somebody with a protected address is (C12)."""
        person = self.persons[step["person"]]
        consent.add_clue(
            by=self._by(step), forloeb=self._forloeb(), person=person, kind=step["kind"], word=step["word"]
        )
        return f"et spor til {person.first_name} er skrevet på"

    def act_contact(self, step: dict[str, Any]) -> str:
        consent.add_contact(
            by=self._by(step),
            forloeb=self._forloeb(),
            about=[self.persons[key] for key in step["about"]],
            name=step["name"],
            relation=step["relation"],
            topics=[self.topic(key) for key in step["topics"]],
            said_by=self.persons[step["said_by"]],
            phone=step.get("phone", ""),
            may_call=[self.recipient(name) for name in step.get("may_call", ())],
            note=step.get("note", ""),
            said_on=timezone.localdate(),
            kept_from=[self.persons[key] for key in step.get("kept_from", ())],
        )
        return f"{step['name']} er skrevet på netværkslisten"

    def act_end_contact(self, step: dict[str, Any]) -> str:
        rows = {row.name: row for row in NetworkContact.objects.filter(forloeb=self._forloeb())}
        if step["name"] not in rows:
            raise Wrong(f"»{step['name']}« står ikke på netværkslisten. Der står: {listed(rows)}.")
        consent.end_contact(by=self._by(step), contact=rows[step["name"]])
        return f"{step['name']} er taget af netværkslisten"

    def act_exchange(self, step: dict[str, Any]) -> str:
        """Talked about without the family (C11). The first is number 1: `tell` names it by that."""
        made = consent.log_exchange(
            by=self._by(step),
            forloeb=self._forloeb(),
            what=step["what"],
            about=[self.persons[key] for key in step.get("about", ())],
            topic=self.topic(step["topic"]) if "topic" in step else None,
            with_participation=self.participations[step["with"]] if "with" in step else None,
            with_name=step.get("with_name", ""),
        )
        self.exchanges[len(self.exchanges) + 1] = made
        return f"samtale {len(self.exchanges)} uden familien er skrevet ned"

    def act_tell(self, step: dict[str, Any]) -> str:
        consent.mark_told(by=self._by(step), exchange=self.exchanges[step["exchange"]], way=step["way"])
        return f"familien har fået samtale {step['exchange']} at vide"

    def act_keep_exchange(self, step: dict[str, Any]) -> str:
        """From whom it is kept, chosen afterwards (M8). `kept_from = []`: from nobody."""
        kept_from = [self.persons[key] for key in step["kept_from"]]
        exchange = self.exchanges[step["exchange"]]
        self.exchanges[step["exchange"]] = consent.keep_exchange(
            by=self._by(step), exchange=exchange, kept_from=kept_from
        )
        return f"samtale {step['exchange']} holdes fra: {listed(one.first_name for one in kept_from)}"

    def act_escalation(self, step: dict[str, Any]) -> str:
        cases.log_escalation(
            by=self._by(step),
            forloeb=self._forloeb(),
            what=step["what"],
            involved=[self.participations[key] for key in step["involved"]],
            settled=step.get("settled", ""),
            leaders=step.get("leaders", ""),
        )
        return "en uenighed er skrevet ned"

    # --- meetings ----------------------------------------------------------------------------------------------------
    def act_move_meeting(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        starts = dates.at(self.day_of(step["on"]), dates.parse_time(step.get("from", "14.00")))
        self.meetings[step["meeting"]] = meetings.change_meeting(
            by=self._by(step),
            meeting=meeting,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=step.get("minutes", 90)),
            pre_meeting_at=starts - timedelta(minutes=30),
            place=step.get("place"),
        )
        return f"møde {meeting.number} er flyttet til {dates.long_date(starts)}"

    def act_cancel_meeting(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        meetings.cancel_meeting(by=self._by(step), meeting=meeting, reason=step["reason"])
        return f"møde {meeting.number} er aflyst"

    def act_invite(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        meetings.invite(by=self._by(step), meeting=meeting, **self._there(step["who"]))
        return f"»{step['who']}« er inviteret til møde {meeting.number}"

    def act_uninvite(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        meetings.uninvite(by=self._by(step), attendance=self.attendance(meeting, step["who"]))
        return f"»{step['who']}« er ikke inviteret til møde {meeting.number} mere"

    def act_presence(self, step: dict[str, Any]) -> str:
        """One line of attendance, on the day or mended afterwards (M10)."""
        row = meetings.set_presence(
            by=self._by(step),
            meeting=self.meetings[step["meeting"]],
            presence=step["presence"],
            note=step.get("note", ""),
            **self._there(step["who"]),
        )
        return f"»{step['who']}« på møde {step['meeting']}: {row.get_presence_display()}"

    def _there(self, key: str) -> dict[str, Any]:
        return {"person": self.persons[key]} if key in self.persons else {"participation": self.participations[key]}

    def act_change_note(self, step: dict[str, Any]) -> str:
        """`note` is its text as it stands. What the step does not name stays; `kept_from = []` keeps it from nobody."""
        meeting = self.meetings[step["meeting"]]
        note = self.note(meeting, step["note"])
        given: dict[str, Any] = {
            "said_by": note.said_by,
            "about": note.about.all(),
            "topic": note.topic,
            "kept_from": note.kept_from.all(),
        } | self._marks(step)
        meetings.change_note(
            by=self._by(step),
            note=note,
            row_version=note.row_version,
            text=step.get("text", note.text),
            column=step.get("column", note.column),
            **given,
        )
        return f"et punkt på tavlen til møde {meeting.number} er rettet"

    def act_remove_note(self, step: dict[str, Any]) -> str:
        meeting = self.meetings[step["meeting"]]
        meetings.remove_note(by=self._by(step), note=self.note(meeting, step["note"]))
        return f"et punkt er taget af tavlen til møde {meeting.number}"

    # --- Én Plan -----------------------------------------------------------------------------------------------------
    def act_finish(self, step: dict[str, Any]) -> str:
        """A draft (`finish = false`) that became ready later, as the consents stand then (P5, C5)."""
        self.versions[step["version"]] = plans.finish(by=self._by(step), version=self.versions[step["version"]])
        return f"Én Plan version {step['version']} er færdig"

    def act_correction(self, step: dict[str, Any]) -> str:
        """A new version that mends the newest (P5). texts: { "as it stands" = "as it is to be" }."""
        by = self._by(step)
        draft = plans.start_correction(by=by, version=self.versions[step["version"]], correction=step["says"])
        self.versions[draft.number] = draft
        for text, wanted in step.get("texts", {}).items():
            plans.change_item(by=by, item=self.item(draft, text), text=wanted)
        if step.get("finish", True):
            plans.finish(by=by, version=draft)
        return f"Én Plan version {draft.number} retter version {step['version']}"

    def act_distribute(self, step: dict[str, Any]) -> str:
        version = self.versions[step["version"]]
        copies = PlanCopy.objects.filter(version=version).select_related("version")
        copy = copies.filter(recipient=self.recipient(step["reader"])).last()
        if copy is None:
            names = listed(copies.values_list("recipient_label", flat=True))
            raise Wrong(f"der er ingen udgave af version {version.number} til »{step['reader']}«. Der er: {names}.")
        sent = plans.distribute(by=self._by(step), copy=copy, way=step["way"])
        return f"{copy.recipient_label} har fået Én Plan version {version.number}: {sent.get_way_display()}"
