"""Play a scenario's steps through the same actions as the pages, each at its own moment."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from insight.scenario import musts
from insight.scenario.case_acts import CaseActs
from insight.scenario.meeting_acts import MeetingActs
from insight.scenario.places import address
from insight.scenario.script import BadScript
from web import dates
from web.errors import Refused


class Player(CaseActs, MeetingActs):
    """Plays all steps of one scenario, and checks its musts on the way."""

    def play(self, until: int | None = None) -> None:
        """All steps in order. Raises BadScript when a step does not do what the file expects.

        until: the last day played (the demo plays up to today, 0); None plays all.
        """
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

    def act_look(self, step: dict[str, Any]) -> str:
        """Open a page as a signed-in employee does, so that the access log tells of it (C13)."""
        reader = self.users[step["by"]]
        browser = musts.signed_in(reader)
        answer = browser.get(address(self, step["page"], step), secure=settings.SECURE_SSL_REDIRECT)
        browser.logout()
        if answer.status_code != 200:
            raise BadScript(f"{self.script.name}: siden {step['page']} svarer {answer.status_code}, ikke 200.")
        return f"{reader.name} åbner {step['page']}"

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
