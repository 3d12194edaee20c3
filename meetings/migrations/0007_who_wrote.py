"""Which department wrote a meeting's purpose, and why it was called off."""

from datetime import date
from typing import Any

from django.db import migrations, models
from django.utils import timezone


def tell(apps: Any, schema_editor: Any) -> None:
    """Whoever was tovholder on the day wrote it, as the history knows the day; where it does not, nobody is told."""
    meetings, history = (apps.get_model("meetings", name) for name in ("Meeting", "HistoricalMeeting"))
    for meeting in meetings.objects.all():
        rows = list(history.objects.filter(id=meeting.pk).order_by("history_date", "pk"))
        for field, by in (("purpose", "purpose_by"), ("cancelled_reason", "cancelled_by")):
            text = getattr(meeting, field)
            days = [timezone.localdate(row.history_date) for row in rows if getattr(row, field) == text]
            if text and days:
                setattr(meeting, by, _lead(apps, meeting.forloeb_id, days[0]))
        meetings.objects.filter(pk=meeting.pk).update(purpose_by=meeting.purpose_by, cancelled_by=meeting.cancelled_by)


def _lead(apps: Any, forloeb: Any, day: date) -> str:
    """The one tovholder of that day, as `Participation.recipient`; "" where two departments share the day."""
    leads = apps.get_model("cases", "Participation").objects.filter(
        models.Q(to_date=None) | models.Q(to_date__gte=day), forloeb=forloeb, role="tovholder", from_date__lte=day
    )
    departments = set(leads.values_list("department", flat=True))
    return f"d:{departments.pop()}" if len(departments) == 1 else ""


def _field(what: str) -> Any:
    return models.CharField(blank=True, default="", editable=False, max_length=40, verbose_name=f"{what} er skrevet af")


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_who_wrote"), ("meetings", "0006_agenda_points_have_a_topic")]

    operations = [
        *(
            migrations.AddField(model_name=model, name=name, field=_field(what))
            for model in ("meeting", "historicalmeeting")
            for name, what in (("purpose_by", "formålet"), ("cancelled_by", "grunden til aflysningen"))
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
