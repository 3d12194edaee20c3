"""Rows of Min dag about families at the door: henvendelser, and forløb whose tovholder has stopped."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from cases.models import ForloebState, Henvendelse, Participation
from cases.models.henvendelse import ANSWER_WORKDAYS, HenvendelseState
from desk.day import Day, Gathered, Row
from web import dates, workdays
from web.danish import danish_key

ANSWER_SHOWN_DAYS = 7


def without_tovholder(gathered: Gathered, day: Day) -> None:
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


def henvendelser(gathered: Gathered, day: Day) -> None:
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
            what = f"{henvendelse.answered_by.name} har sagt nej til din henvendelse"  # type: ignore[union-attr]
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
                what = f"{henvendelse.answered_by.name} har taget imod din henvendelse"  # type: ignore[union-attr]
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
