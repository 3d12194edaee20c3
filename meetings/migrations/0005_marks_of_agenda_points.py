"""Points from before they were shared get the marks that their words give, as a new one does (C5).

The functions that read the words are pure; the rows they are given are those of this migration. Whoever was in the
forløb at any time may be named in an old point.
"""

from typing import Any

from django.db import migrations

from consent.marking import named
from meetings.marks import phases_of, suggested


def mark(apps: Any, schema_editor: Any) -> None:
    points = apps.get_model("meetings", "AgendaPoint").objects.filter(topic=None)
    topics = {row.key: row for row in apps.get_model("consent", "Topic").objects.filter(is_active=True)}
    keys = set(points.values_list("meeting__forloeb", flat=True))
    for forloeb in apps.get_model("cases", "Forloeb").objects.filter(pk__in=keys):
        people, phases = _people(apps, forloeb), phases_of(forloeb)
        rows = points.filter(meeting__forloeb=forloeb).select_related("raised_by", "raised_by_person")
        for point in rows.order_by("pk"):
            said = suggested(people, point.text, raised_by=point.raised_by_person, phases=phases, topics=topics)
            point.topic, point.contributed_by = said.topic, _recipient(point.raised_by)
            point.save(update_fields=["topic", "contributed_by"])
            point.about.set(said.about)


def _people(apps: Any, forloeb: Any) -> list[Any]:
    """Everybody there ever was, once; only who is there now can be whom the forløb is especially about."""
    members = {
        row.person_id: row for row in apps.get_model("cases", "FamilyMember").objects.filter(family=forloeb.family_id)
    }
    rows: dict[Any, Any] = {}
    found = apps.get_model("cases", "ForloebPerson").objects.filter(forloeb=forloeb).select_related("person")
    for row in found.order_by("to_date", "pk"):
        row.is_focus = row.is_focus and row.to_date is None
        if row.person_id not in rows or row.to_date is None:
            rows[row.person_id] = row
    return [
        named(row, member.kind if member else "", member.relation if member else "")
        for row in rows.values()
        for member in [members.get(row.person_id)]
    ]


def _recipient(part: Any) -> str:
    """As `Participation.recipient`, which the row of a migration has not."""
    if part is None:
        return ""
    return f"d:{part.department_id}" if part.department_id else f"x:{part.external_id}"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_escalation"),
        ("consent", "0004_network_exchange_clues"),
        ("meetings", "0004_agenda_points_are_shared"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
