"""Play a scenario's steps through the same actions as the pages, each at its own moment."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils import timezone

from insight.scenario import musts
from insight.scenario.case_acts import CaseActs
from insight.scenario.places import address
from insight.scenario.script import BadScript
from insight.scenario.shape import Wrong
from insight.scenario.town_acts import TownActs
from web import dates
from web.errors import Refused

# The file is checked before it is played, and what is looked up says what there is. Should something still be found that
# nobody foresaw, whoever wrote the file is told in which step.
UNFORESEEN = (ObjectDoesNotExist, LookupError, TypeError, ValueError)


class Player(CaseActs, TownActs):
    """Plays all steps of one scenario, and checks its musts on the way."""

    def play(self, until: int | None = None) -> None:
        """All steps in order. Raises BadScript when a step does not do what the file expects.

        until: the last day played (the demo plays up to today, 0); None plays all.
        """
        try:
            for key, row in self.script.staff.items():
                self._employee(key, row)
        except Wrong as wrong:
            raise BadScript(f"{self.script.name}: {wrong}") from wrong
        for number, step in enumerate(self.script.steps, 1):
            if until is not None and step["day"] > until:
                return
            if until is not None and step["act"] == "must":
                continue
            act = getattr(self, f"act_{step['act']}")
            with self.at(step["day"], step.get("at", "10.00")):
                self._run(number, step, act)

    def _run(self, number: int, step: dict[str, Any], act: Callable[[dict[str, Any]], str]) -> None:
        rules = ", ".join(step.get("rules", ()))
        moment = timezone.localtime()
        prefix = f"{dates.long_date(moment)} kl. {dates.clock(moment)}"
        expected = step.get("refused")
        named = " ".join(filter(None, [step["act"], step.get("id")]))
        where = f"{self.script.name}: trin {number} ({named})"
        try:
            told = act(step)
        except Wrong as wrong:
            raise BadScript(f"{where}: {wrong}") from wrong
        except UNFORESEEN as error:
            raise BadScript(f"{where} kan ikke spilles: {type(error).__qualname__}: {error}") from error
        except (Refused, ValidationError) as refusal:
            words = refusal.message if isinstance(refusal, Refused) else " ".join(refusal.messages)
            if expected is None or expected not in words:
                raise BadScript(f"{where}: {words}") from refusal
            self.said.append(words)
            told = f"afvist, som det skal: {words}"
        else:
            if expected is not None:
                raise BadScript(f"{where} skulle være afvist: {expected}")
        self.say(f"{prefix}  {told}{f'  [{rules}]' if rules else ''}")

    def act_look(self, step: dict[str, Any]) -> str:
        """Open a page as a signed-in employee does, so that the access log tells of it (C13)."""
        reader = self.users[step["by"]]
        browser = musts.signed_in(reader)
        answer = browser.get(address(self, step["page"], step), secure=settings.SECURE_SSL_REDIRECT)
        browser.logout()
        if answer.status_code != 200:
            raise Wrong(f"siden {step['page']} svarer {answer.status_code}, ikke 200.")
        return f"{reader.name} åbner {step['page']}"

    def act_must(self, step: dict[str, Any]) -> str:
        """Check one must of the file at this moment of the story."""
        must = next(row for row in self.script.musts if row["id"] == step["id"])
        for part in must.get("part", [must]):
            try:
                musts.check(self, part)
            except musts.Failed as wrong:
                self.results.append(f"FEJL {must['id']}: {must['text']} ({wrong})")
                return f"krav {must['id']} holder ikke: {wrong}"
        self.results.append(f"ok   {must['id']}: {must['text']}")
        return f"krav {must['id']} holder"
