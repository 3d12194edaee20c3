"""The one next step of a forløb: what to do now, why, and what holds until then. First that fits wins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cases.access import NO_LEADER, Standing
from cases.models import Forloeb, ForloebState, Participation
from consent import next_step as consent
from consent.next_step import Step
from meetings.models import Meeting, MeetingState
from plans.models import PlanVersion
from web import dates
from web.danish import listed


@dataclass(frozen=True, slots=True)
class Late:
    """An overdue agreement: who has it, whether it is the reader, and where it is followed up."""

    who: str
    is_mine: bool
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice rests on, gathered by the page. late: the overdue agreements, those of others too. stopped: the
    tovholder's part, when the tovholder is no longer employed there."""

    forloeb: Forloeb
    standing: Standing
    meetings: Sequence[Meeting]
    versions: Sequence[PlanVersion]
    late: Sequence[Late]
    consents: consent.Ground
    stopped: Participation | None = None


def next_step(facts: Facts) -> Step:
    """The next step for this reader. Only the tovholder gets acts that only the tovholder can do."""
    for rule in RULES:
        step = rule(facts)
        if step is not None:
            return step if facts.standing.is_tovholder or step.is_own or not step.url else _for_participant(step)
    return Step("Følg aftalerne", "Alt er på plads lige nu.")


def _for_participant(step: Step) -> Step:
    return Step(step.text, f"Det gør tovholderen. {step.why}".strip())


def _ended(facts: Facts) -> Step | None:
    if not facts.forloeb.is_ended:
        return None
    why = "Alt kan stadig læses. Tovholderen kan genåbne forløbet, hvis der bliver brug for det."
    if not facts.standing.is_tovholder:
        why += f" Er tovholderen stoppet, kan lederen i tovholderens afdeling finde en ny. {NO_LEADER}"
    return Step("Forløbet er slut", why)


def _leaderless(facts: Facts) -> Step | None:
    """F5: nobody does what only the tovholder can, until the leader has found a new one."""
    if facts.stopped is None:
        return None
    why = f"{facts.stopped.name} er stoppet. Lederen i {facts.stopped.home} finder en ny. {NO_LEADER}"
    return Step("Forløbet mangler en tovholder", why)


def _paused(facts: Facts) -> Step | None:
    if facts.forloeb.state != ForloebState.PAUSED:
        return None
    url = reverse("cases:forloeb_acts", args=[facts.forloeb.pk])
    return Step("Tag fat igen, når familien er klar", "Aftaler og plan står, som de stod.", "Fortsæt forløbet", url)


def _gather(facts: Facts) -> Step | None:
    """F1, F4: what is missing before the forløb can become active."""
    if facts.forloeb.state != ForloebState.CONSENT:
        return None
    if not facts.standing.is_tovholder:
        return Step("Samtykkerne bliver indhentet", "Tovholderen taler med familien. Indtil da deler I intet.")
    return consent.deciding(facts.consents)


def _stopped(facts: Facts) -> Step | None:
    """C7: the consent that the forløb rests on is gone; said in the words of the page of consents."""
    return consent.deciding(facts.consents) if facts.standing.is_tovholder else None


def _hold(facts: Facts) -> Step | None:
    """A planned meeting whose time has passed must be written down as held or cancelled."""
    now = timezone.now()
    for meeting in facts.meetings:
        if meeting.state == MeetingState.PLANNED and meeting.ends_at < now:
            when = dates.long_date(timezone.localdate(meeting.starts_at))
            text = f"Skriv, hvem der var med på møde {meeting.number}"
            return Step(text, f"Mødet var {when}.", "Åbn mødet", reverse("meetings:page", args=[meeting.pk]))
    return None


def _write(facts: Facts) -> Step | None:
    """P2: every held meeting leads to a version."""
    written = {version.meeting_id for version in facts.versions}
    for version in facts.versions:
        if version.is_draft and version.meeting.state != MeetingState.CANCELLED:
            text = f"Gør planen fra møde {version.meeting.number} færdig"
            url = reverse("plans:edit", args=[version.pk])
            meeting = next((one for one in facts.meetings if one.pk == version.meeting_id), None)
            return _by_referent(facts, meeting, Step(text, "Kladden venter.", "Skriv videre på Én Plan", url))
    for meeting in facts.meetings:
        if meeting.state == MeetingState.HELD and meeting.pk not in written:
            text = f"Skriv Én Plan fra møde {meeting.number}"
            url = reverse("meetings:page", args=[meeting.pk])
            why = "Alle venter på at se, hvad I aftalte."
            return _by_referent(facts, meeting, Step(text, why, "Åbn mødet", url))
    return None


def _by_referent(facts: Facts, meeting: Any, step: Step) -> Step:
    """M3: the referent also makes the Én Plan; the tovholder can step in; the others are told who does it.

    meeting: with role names (`with_role_names`), or None when it was called off."""
    if facts.standing.is_tovholder or meeting is None or not meeting.referent_key:
        return step
    if meeting.referent_key == facts.standing.participation.pk:
        return replace(step, is_own=True)
    return Step(step.text, f"Det gør {meeting.referent_name}. {step.why}")


def _book(facts: Facts) -> Step | None:
    """F7: a meeting never stands alone."""
    if any(meeting.state == MeetingState.PLANNED for meeting in facts.meetings):
        return None
    held = [meeting for meeting in facts.meetings if meeting.state == MeetingState.HELD]
    url = reverse("meetings:new", args=[facts.forloeb.pk])
    if not held:
        return Step(
            "Aftal det første møde", "Familien er med til at vælge tid, sted og deltagere.", "Planlæg mødet", url
        )
    return Step("Aftal det næste møde", "Et møde står aldrig alene.", "Planlæg mødet", url)


def _ask(facts: Facts) -> Step | None:
    """Something may not be said about a person until somebody answers or signs; in the consents' own words."""
    return consent.hindering(facts.consents) if facts.standing.is_tovholder else None


def _ask_in_time(facts: Facts) -> Step | None:
    return consent.in_good_time(facts.consents) if facts.standing.is_tovholder else None


def _follow_up(facts: Facts) -> Step | None:
    """The tovholder follows up on everybody's (F6); the others on their own, and are told that the rest is seen to."""
    mine = [one for one in facts.late if one.is_mine]
    if mine and (not facts.standing.is_tovholder or len(mine) == len(facts.late)):
        many = len(mine) > 1
        return Step(
            f"Følg op på dine {len(mine)} aftaler" if many else "Følg op på din aftale",
            "De er over tiden." if many else "Den er over tiden.",
            "Følg op",
            mine[0].url,
            is_own=True,
        )
    if not facts.late:
        return None
    many = len(facts.late) > 1
    what = f"{len(facts.late)} aftaler" if many else "1 aftale"
    if not facts.standing.is_tovholder:
        return Step(f"{what} er over tiden", "Tovholderen følger op.")
    names = listed(dict.fromkeys("dig" if one.is_mine else one.who.split(" (")[0] for one in facts.late if one.who))
    whose = f" {'De ligger' if many else 'Den ligger'} hos {names}." if names else ""
    why = f"{'De' if many else 'Den'} er over tiden.{whose}"
    return Step(f"Følg op på {what}", why, "Følg op", facts.late[0].url)


def _prepare(facts: Facts) -> Step | None:
    planned = [meeting for meeting in facts.meetings if meeting.state == MeetingState.PLANNED]
    if not planned:
        return None
    text = f"Forbered møde {planned[0].number}"
    return Step(
        text,
        "Vælg roller, og se dagsordenen igennem.",
        "Forbered mødet",
        reverse("meetings:page", args=[planned[0].pk]),
    )


RULES: tuple[Callable[[Facts], Step | None], ...] = (
    _ended,
    _leaderless,
    _gather,
    _stopped,  # before the pause: what lacks consent cannot be resumed
    _paused,
    _hold,
    _write,
    _book,
    _ask,
    _follow_up,
    _ask_in_time,
    _prepare,
)
