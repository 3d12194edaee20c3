"""Min dag (U6): what is overdue, what is today and this week, what waits for others. Each row has one act."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from cases.ages import ages
from cases.models import Forloeb, ForloebState, Henvendelse, Participation, ParticipationRole
from cases.models.henvendelse import ANSWER_WORKDAYS, HenvendelseState
from consent import notices, renewal
from consent.access import guidance_read_by
from consent.basis import load_bases
from consent.kept import kept_in_words, to_tell
from consent.models import Exchange
from consent.sharing import Cell, Facts, Reader, may_know_of, may_see
from desk.day import Day, Elsewhere, Gathered, Row
from meetings.models import Meeting, MeetingRole, MeetingState, RoleKind
from organisation.models import Department, User
from plans import ledger
from plans.deadlines import JOURNAL_DAYS, WRITE_DAYS
from plans.models import FollowUp, FollowUpState, ItemKind, JournalEntry, PlanItem, PlanVersion, VersionState
from web import dates, workdays
from web.danish import danish_key, genitive, listed

TELL_DAYS = 7
ANSWER_SHOWN_DAYS = 7


_sources: list[Callable[[User, date, bool], Elsewhere | None]] = []


def register(source: Callable[[User, date, bool], Elsewhere | None]) -> None:
    """Let an app above add what only it knows, asked for a user on a day. Registering twice counts once.

    It may count, with two statements, for a user without forløb of their own; else it gives the way there only: the page
    is fifteen statements at most.
    """
    if source not in _sources:
        _sources.append(source)


def build(user: User) -> Day:
    """The user's own day in a constant number of queries, whatever the number of forløb."""
    today = timezone.localdate()
    participations = (
        Participation.objects.giving_access(today)
        .filter(user=user, forloeb__in=Forloeb.objects.visible_to(user, today))
        .select_related("forloeb__family", "department", "user")
        .annotate(guidance_read=guidance_read_by(user), notices=notices.waiting_in("forloeb"))
        .filter(~Q(forloeb__state=ForloebState.ENDED) | Q(notices__isnull=False))
    )
    everywhere: dict[UUID, Participation] = {one.forloeb_id: one for one in participations}
    here = {pk: one for pk, one in everywhere.items() if not one.forloeb.is_ended}
    meetings: dict[UUID, list[Meeting]] = {pk: [] for pk in here}
    for meeting in _meetings_of(here.values()):
        meetings[meeting.forloeb_id].append(meeting)
    # No presence: it opens only what was said on a board (C5), and no board is read here.
    readers = {one.pk: Reader(one.recipient) for one in everywhere.values()}
    gathered = Gathered(user, today, here, everywhere, load_bases(list(everywhere), today), readers, meetings)
    day = Day(today)
    for gather in (
        _guidance, _without_tovholder, _notices, _agreements, _meetings, _journal, _consents, _exchanges, _henvendelser,
    ):  # fmt: skip
        gather(gathered, day)
    for group in (day.overdue, day.due_today, day.this_week, day.in_good_time, day.waiting):
        group.sort(key=lambda row: (row.due or today, danish_key(row.what)))
    day.mine = sorted(((forloeb.forloeb, *_outlook(meetings[pk])) for pk, forloeb in here.items()), key=_next_first)
    day.elsewhere = [told for source in _sources if (told := source(user, today, not everywhere)) is not None]
    return day


def _meetings_of(mine: Iterable[Participation]) -> QuerySet[Meeting]:
    """Their meetings, each with `.my_roles`, who the referent is, whether Én Plan is begun, and the draft of it."""
    ids = [one.pk for one in mine]
    roles = MeetingRole.objects.filter(meeting=OuterRef("pk"))
    versions = PlanVersion.objects.filter(meeting=OuterRef("pk")).order_by("number")
    referent = roles.filter(role=RoleKind.REFERENT)
    return (
        Meeting.objects.filter(forloeb__participations__in=ids)
        .exclude(state=MeetingState.CANCELLED)
        .annotate(
            **{f"is_{kind.value}": Exists(roles.filter(role=kind, participation__in=ids)) for kind in RoleKind},
            referent_name=Subquery(
                referent.values(name=Coalesce("participation__user__name", "participation__external_name"))[:1]
            ),
            is_written=Exists(versions),
            draft=Subquery(versions.filter(state=VersionState.DRAFT).values("pk")[:1]),
        )
        .in_order()
    )


def _next_first(mine: tuple[Forloeb, Meeting | None, bool]) -> Any:
    return (mine[1] is None, mine[1].starts_at if mine[1] else timezone.now(), mine[0].number)


def _outlook(meetings: list[Meeting]) -> tuple[Meeting | None, bool]:
    """The next meeting, and whether one is missing (F7: held, and no next)."""
    planned = [meeting for meeting in meetings if meeting.state == MeetingState.PLANNED]
    held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD]
    return (planned[0] if planned else None), bool(held and not planned)


def _guidance(gathered: Gathered, day: Day) -> None:
    """C8: whoever takes part is told to read the guidance; it opens the board and the consents."""
    if any(one.guidance_read is False for one in gathered.here.values()):  # type: ignore[attr-defined]
        why = "Den åbner tavlen og samtykkerne. Det tager to minutter"
        day.add(Row("Læs vejledningen om samtykke", why, "Læs den", reverse("consent:guidance"), due=gathered.today))


def _without_tovholder(gathered: Gathered, day: Day) -> None:
    """F5: forløb whose tovholder has stopped, for the leader who hands them over (the koordinator, where nobody leads). Who
    stopped and how many; whose family it is, is not the leader's to know."""
    if not any(one.is_leader for one in gathered.user.employed_now) and gathered.everywhere:
        return  # nobody's leader; a koordinator with forløb of their own has it on the overview
    left = Participation.objects.led_under(gathered.user).of_stopped(gathered.today)
    rows = left.exclude(forloeb__state=ForloebState.ENDED).exclude(user=gathered.user)
    stopped = rows.values_list("user", "user__name").annotate(number=Count("pk")).order_by()
    for key, name, number in sorted(stopped, key=lambda row: danish_key(row[1])):
        what = f"{number} forløb har ingen tovholder"
        url = f"{reverse('cases:hand_over_many')}?kollega={key}"
        day.add(Row(what, f"{name} er stoppet", "Find en ny tovholder", url, due=gathered.today))


def _notices(gathered: Gathered, day: Day) -> None:
    """C7: whoever a withdrawal shuts out reads that they may not use what they hold; the tovholder sees who has not yet.

    A department that may know of the person no more is told of no person (C5)."""
    for participation in gathered.everywhere.values():
        family = participation.forloeb.family.name
        for notice in notices.waiting(participation.notices):  # type: ignore[attr-defined]
            when = f"Tilbagekaldt {dates.long_date(notice.on)}. {family}"
            url = reverse("consent:confirm_told", args=[notice.pk])
            due = min(gathered.today, notice.on + timedelta(days=TELL_DAYS))
            acts = notices.may_confirm(participation, notice.recipient, notice.is_manned)
            if participation.role == ParticipationRole.TOVHOLDER:
                day.persons.add(notice.person)
                if acts:
                    what = f"Sig til {notice.home}: Del ikke mere om {notice.first_name}"
                    day.add(Row(what, when, "Har fået besked", url, due=due, waits=True, posts=True))
                else:
                    what = f"{notice.home} skal læse: Del ikke mere om {notice.first_name}"
                    url = reverse("consent:matrix", args=[participation.forloeb_id])
                    day.add(Row(what, when, "Se samtykkerne", url, due=due, waits=True))
            elif acts:
                reader, basis = gathered.readers[participation.pk], gathered.bases[participation.forloeb_id]
                what, whose = f"Et samtykke er tilbagekaldt i {family}", "Brug ikke det, du har fået"
                if may_know_of(reader, notice.person, basis):
                    day.persons.add(notice.person)
                    what = f"Del ikke mere om {notice.first_name}: samtykket er tilbagekaldt"
                    whose = f"Noget må stadig deles. Det står under samtykker. {family}"
                day.add(Row(what, whose, "Det er læst", url, due=due, posts=True))


def _agreements(gathered: Gathered, day: Day) -> None:
    """My own open agreements; as tovholder also the overdue ones of others (F6)."""
    newest = PlanVersion.objects.filter(plan__forloeb=OuterRef("version__plan__forloeb"), state=VersionState.FINISHED)
    last = FollowUp.objects.filter(agreement=OuterRef("pk")).order_by("-at").values("state")[:1]
    items = (
        PlanItem.objects.filter(kind=ItemKind.AGREEMENT, version__plan__forloeb__in=gathered.here)
        .filter(version=Subquery(newest.order_by("-number").values("pk")[:1]), due_on__isnull=False)
        .annotate(last_state=Subquery(last), forloeb_id=F("version__plan__forloeb"))
        .filter(Q(last_state__isnull=True) | ~Q(last_state=FollowUpState.DONE))
        .carried_on()
        .for_sharing()
        .with_mark_ids()
    )
    for item in items:
        forloeb_id = item.forloeb_id  # type: ignore[attr-defined]
        facts = Facts.of(item)
        mine = item.responsible is not None and item.responsible.user_id == gathered.user.pk
        if not may_see(gathered.reader(forloeb_id), facts, gathered.bases[forloeb_id]):
            continue
        late = item.due_on is not None and item.due_on < gathered.today
        if mine or (gathered.leads(forloeb_id) and (late or item.due_on == gathered.today)):
            who = "Du" if mine else item.responsible_label.split(",")[0] or "Ingen"
            day.persons |= facts.about
            url = reverse("plans:follow_up", args=[item.pk])
            family = gathered.forloeb(forloeb_id).family.name
            day.add(Row(f"{who}: {capfirst(item.text)}", family, "Følg op", url, due=item.due_on))


def _meetings(gathered: Gathered, day: Day) -> None:
    """Today's meetings, what must be written after the last one, and the missing next one (F7, P2)."""
    for forloeb_id, meetings in gathered.meetings.items():
        forloeb = gathered.forloeb(forloeb_id)
        _, missing = _outlook(meetings)
        for meeting in meetings:
            roles = [kind.value for kind in RoleKind if getattr(meeting, f"is_{kind.value}")]
            _one_meeting(gathered, day, forloeb, meeting, roles)
        if missing and gathered.leads(forloeb_id) and forloeb.state == ForloebState.ACTIVE:
            held = [meeting for meeting in meetings if meeting.state == MeetingState.HELD][-1]
            url = reverse("meetings:new", args=[forloeb.pk])
            day.add(
                Row(
                    "Aftal det næste møde",
                    f"{forloeb.family.name}. Møde {held.number} er holdt, og intet møde er aftalt",
                    "Planlæg mødet",
                    url,
                    due=held.held_on,
                )
            )


def _one_meeting(gathered: Gathered, day: Day, forloeb: Forloeb, meeting: Any, roles: list[str]) -> None:
    starts = timezone.localtime(meeting.starts_at)
    url = reverse("meetings:page", args=[meeting.pk])
    name = forloeb.family.name
    if meeting.state == MeetingState.PLANNED:
        if meeting.ends_at < timezone.now():
            if gathered.leads(forloeb.pk) or roles:
                day.add(
                    Row(f"Skriv, hvem der var med på møde {meeting.number}", name, "Åbn mødet", url, due=starts.date())
                )
            return
        if starts.date() == gathered.today:
            _meeting_today(day, meeting, name, roles)
        elif starts.date() > gathered.today:
            when = dates.clock(starts)
            day.add(
                Row(
                    f"Møde {meeting.number} kl. {when}",
                    f"{name}. {meeting.place}",
                    "Forbered mødet",
                    url,
                    due=starts.date(),
                )
            )
        return
    writes = RoleKind.REFERENT in roles or (gathered.leads(forloeb.pk) and meeting.referent_name is None)
    if meeting.held_on and (not meeting.is_written or meeting.draft):
        due = meeting.held_on + timedelta(days=WRITE_DAYS)
        whose = f"{name}, møde {meeting.number}, {dates.long_date(meeting.held_on)}"
        if writes:
            shown = due if due < gathered.today else gathered.today
            if meeting.draft:
                act = reverse("plans:edit", args=[meeting.draft])
                day.add(Row("Skriv Én Plan færdig", whose, "Skriv færdig", act, due=shown))
            else:
                act = reverse("plans:start", args=[meeting.pk])
                day.add(Row("Skriv Én Plan", whose, "Begynd planen", act, due=shown))
        elif gathered.leads(forloeb.pk):
            referent = meeting.referent_name or "referenten"
            day.add(
                Row("Én Plan er ikke færdig", f"{whose}. {referent} skriver den", "Åbn mødet", url, due=due, waits=True)
            )


def _meeting_today(day: Day, meeting: Meeting, family: str, roles: list[str]) -> None:
    """The day's first meeting stands by itself; each of the others is a row."""
    other, whose = meeting, family
    if day.next_up is None or meeting.starts_at < day.next_up.starts_at:
        names = [RoleKind(role).label for role in roles]
        other, whose = day.next_up, day.next_family  # type: ignore[assignment]
        day.next_up, day.next_family = meeting, family
        day.next_role = f"Du er {listed(names)}." if names else ""
    if other is not None:
        when = dates.clock(timezone.localtime(other.starts_at))
        url = reverse("meetings:page", args=[other.pk])
        day.add(Row(f"Møde {other.number} kl. {when}", f"{whose}. {other.place}", "Åbn mødet", url, due=day.today))


def _journal(gathered: Gathered, day: Day) -> None:
    """P7: my own department's missing lines are mine; others' wait, seen by the tovholder."""
    mine = {employment.department_id for employment in gathered.user.employed_now}
    # What is finished is journalised also when the forløb has ended since: by the department, from its queue.
    ended = ledger.mine(gathered.user).filter(version__plan__forloeb__state=ForloebState.ENDED)
    lines = (
        JournalEntry.objects.missing()
        # All are of these. Said first: over the "or" alone the databases read every line there is. And PostgreSQL finds the
        # best order among eight tables only, so the department's name is asked for beside them.
        .filter(version__plan__forloeb__in=Participation.objects.filter(user=gathered.user).values("forloeb"))
        .filter(Q(version__plan__forloeb__in=gathered.here) | Q(pk__in=ended.values("pk")))
        .select_related("version__plan__forloeb__family", "system", "person")
        .annotate(home=Subquery(Department.objects.filter(pk=OuterRef("department")).values("name")))
        .order_by("version__finished_at", "pk")
    )
    grouped: dict[tuple[UUID, UUID], list[JournalEntry]] = {}
    for entry in lines:
        grouped.setdefault((entry.version_id, entry.department_id), []).append(entry)
    for (_, department_id), entries in grouped.items():
        first = entries[0]
        forloeb_id = first.version.plan.forloeb_id
        if forloeb_id not in gathered.here:
            due = timezone.localdate(first.version.finished_at) + timedelta(days=JOURNAL_DAYS)
            whose = f"{first.version.plan.forloeb.family.name}, version {first.version.number}. Forløbet er afsluttet"
            what, url = f"Journalisér Én Plan i {first.system.name}", reverse("plans:journal")
            day.add(Row(what, whose, "Journalisér", url, due=min(due, gathered.today)))
            continue
        known = [
            entry
            for entry in entries
            if gathered.leads(forloeb_id)
            or department_id in mine  # one's own case is no news to the department
            or may_know_of(gathered.reader(forloeb_id), entry.person_id, gathered.bases[forloeb_id])
        ]
        if not known or not (department_id in mine or gathered.leads(forloeb_id)):
            continue
        day.persons |= {entry.person_id for entry in known}
        names = listed(list(dict.fromkeys(entry.person.first_name for entry in known)))
        family = gathered.forloeb(forloeb_id).family.name
        finished = timezone.localdate(first.version.finished_at)
        due = finished + timedelta(days=JOURNAL_DAYS)
        if department_id in mine:
            shown = due if due < gathered.today else gathered.today
            text = f"Journalisér Én Plan i {first.system.name} for {names}"
            day.add(
                Row(
                    text,
                    f"{family}, version {first.version.number}",
                    "Journalisér",
                    reverse("plans:journal"),
                    due=shown,
                )
            )
        else:
            text = f"Én Plan mangler i {first.system.name} for {names}"
            home = first.home  # type: ignore[attr-defined]
            whose = f"{home} {dates.has_had_it(finished, gathered.today)}. {family}"
            day.add(Row(text, whose, "Se planen", reverse("plans:page", args=[first.version_id]), due=due, waits=True))


def _consents(gathered: Gathered, day: Day) -> None:
    """C4, C1: renewals are asked for in good time, and so are birthdays that change who signs; by the tovholder. What has
    run out, or lacks a signature, stands until it is given anew: nothing is shared meanwhile."""
    led = [pk for pk in gathered.here if gathered.leads(pk)]
    over: set[tuple[UUID, UUID]] = set()
    for declaration in renewal.to_renew(gathered.today, renewal.RENEW_DAYS).filter(forloeb__in=led):
        url = reverse("consent:matrix", args=[declaration.forloeb_id])
        when, whose = declaration.expires_on, declaration.forloeb.family.name
        who, key = genitive(declaration.person.first_name), (declaration.forloeb_id, declaration.person_id)
        day.persons.add(declaration.person_id)
        if when > gathered.today:
            due, told = max(gathered.today, when - timedelta(days=7)), f"Gælder til {dates.long_date(when)}. {whose}"
            day.add(Row(f"Forny {who} samtykke", told, "Forny", url, due=due, early=True))
        elif key not in over:
            over.add(key)
            told = f"Udløb {dates.long_date(when)}. Det deles ikke mere. {whose}"
            day.add(Row(f"Forny {who} samtykke", told, "Forny", url, due=when))
    _unsigned(gathered, day, led)
    for entry in (row for pk in led for row in gathered.bases[pk].family):
        for years, birthday in renewal.birthdays_ahead(entry.person, gathered.today):
            day.persons.add(entry.person_id)
            url = reverse("consent:matrix", args=[entry.forloeb_id])
            text = f"{entry.person.first_name} fylder {years} år {dates.long_date(birthday)}"
            whose = f"{_what_changes(years)} {gathered.forloeb(entry.forloeb_id).family.name}"
            due = max(gathered.today, birthday - timedelta(days=14))
            day.add(Row(text, whose, "Åbn samtykkerne", url, due=due, early=True))


def _unsigned(gathered: Gathered, day: Day, led: Iterable[UUID]) -> None:
    """C1: a yes that somebody still must sign, also because the child has turned old enough to sign for themselves."""
    for pk in led:
        basis = gathered.bases[pk]
        lacking = {person for (person, _, _), state in basis.cells.items() if state is Cell.UNSIGNED}
        for entry in (row for row in basis.family if row.person_id in lacking):
            day.persons.add(entry.person_id)
            what = f"{genitive(entry.person.first_name)} samtykke mangler en underskrift"
            whose = f"Indtil da deles det ikke. {gathered.forloeb(pk).family.name}"
            day.add(Row(what, whose, "Åbn samtykkerne", reverse("consent:matrix", args=[pk]), waits=True))


def _what_changes(years: int) -> str:
    if years == ages().signs_self:
        return "Så skal samtykket gives på ny."
    return (
        "Så holder forældremyndigheden op. Samtykket gælder stadig." if years == ages().adult else "Så ændres reglerne."
    )


def _exchanges(gathered: Gathered, day: Day) -> None:
    """C11: what was talked about without the family stands until somebody has told them, with the tovholder and with
    whoever talked: both may tell. What is kept from all who would be told asks nobody (M8)."""
    mine = [one.pk for one in gathered.here.values()]
    led = [pk for pk in gathered.here if gathered.leads(pk)]
    rows = Exchange.objects.filter(Q(forloeb__in=led) | Q(by__in=mine), forloeb__in=gathered.here)
    for row in rows.to_be_told().for_sharing().with_mark_ids():
        facts, basis, reader = Facts.of(row), gathered.bases[row.forloeb_id], gathered.reader(row.forloeb_id)
        if not to_tell(facts, basis):
            continue
        reads = may_see(reader, facts, basis)
        url = reverse("consent:told", args=[row.pk]) if reads else reverse("consent:exchanges", args=[row.forloeb_id])
        family = gathered.forloeb(row.forloeb_id).family.name
        leads, talked = gathered.leads(row.forloeb_id), row.by_id in mine
        if not reads:
            text = f"{row.by.name} skal fortælle familien, hvad der er talt om uden dem"
            day.add(Row(text, family, "Se udvekslingen", url, waits=True))
            continue
        day.persons |= facts.about
        who = "Du" if talked else row.by.name
        whose = f"{family}. {who} talte med {row.other} {dates.long_date(row.on)}"
        due = min(gathered.today, row.on + timedelta(days=TELL_DAYS))
        here = [one.person for one in basis.family if one.person_id in facts.kept_from]
        known = {one.pk for one in here if leads or may_know_of(reader, one.pk, basis)}
        kept = kept_in_words(here, known.__contains__) or ("nogen i familien" if facts.kept_from else "")
        what = f"Skal fortælles, men ikke til {kept}: {row.what}" if kept else f"Skal fortælles: {row.what}"
        day.add(Row(what, whose, "Det er fortalt", url, due=due))


def _henvendelser(gathered: Gathered, day: Day) -> None:
    """O4: what waits for my answer or was taken on without a forløb yet, what I sent that nobody has answered, and for a
    week the no that somebody said to it: it asks the sender to do something else."""
    week = timezone.now() - timedelta(days=ANSWER_SHOWN_DAYS)
    mine = Henvendelse.objects.visible_to(gathered.user)
    refused = Q(sender=gathered.user, state=HenvendelseState.DECLINED, answered_at__gt=week)
    for henvendelse in (mine.open() | mine.filter(refused)).for_list():
        sent = timezone.localdate(henvendelse.sent_at)
        url = reverse("cases:henvendelse", args=[henvendelse.pk])
        about = _sentence(henvendelse.family_text)
        if henvendelse.state == HenvendelseState.DECLINED:
            what = f"{henvendelse.answered_by.name} har sagt nej til din henvendelse"
            day.add(
                Row(what, f"{about} Læs hvorfor, og hvad du kan gøre i stedet", "Læs svaret", url, due=gathered.today)
            )
            continue
        if not henvendelse.is_waiting:
            if henvendelse.answered_by_id == gathered.user.pk:
                taken = timezone.localdate(henvendelse.answered_at)
                whose = f"Du tog imod den {dates.long_date(taken)}. Fra {henvendelse.sender.name}"
                due = min(gathered.today, workdays.after(taken, ANSWER_WORKDAYS))
                day.add(Row("Start forløbet, eller afvis henvendelsen", whose, "Åbn henvendelsen", url, due=due))
            else:
                what = f"{henvendelse.answered_by.name} har taget imod din henvendelse"
                day.add(Row(what, f"{about} Forløbet er ikke startet endnu", "Se henvendelsen", url, waits=True))
            continue
        if henvendelse.sender_id == gathered.user.pk:
            to = henvendelse.to_user.name if henvendelse.to_user else f"Lederen i {henvendelse.to_department.name}"
            day.add(
                Row(
                    "Din henvendelse venter på svar",
                    f"{about} {to} {dates.has_had_it(sent, gathered.today)}",
                    "Se henvendelsen",
                    url,
                    due=sent,
                    waits=True,
                )
            )
        else:
            day.add(
                Row(
                    "Svar på en henvendelse",
                    f"{about} Fra {henvendelse.sender.name}, {henvendelse.sender_department.name}. "
                    f"Sendt {dates.long_date(sent)}",
                    "Læs og svar",
                    url,
                    due=henvendelse.answer_by if henvendelse.is_late(gathered.today) else gathered.today,
                )
            )


def _sentence(text: str) -> str:
    """The first words as a sentence, to tell one row from another."""
    short = Truncator(" ".join(text.split())).chars(60)
    return short if short.endswith((".", "!", "?", "…")) else f"{short}."
