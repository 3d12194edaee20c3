"""The eight default topics (C2), and the first consent text, guidance and leaflet. Data: a municipality edits them all."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import migrations

TOPICS = (
    ("helbred", "Helbred", True),
    ("beskaeftigelse", "Beskæftigelse og uddannelse", False),
    ("oekonomi", "Økonomi og bolig", False),
    ("skole", "Skole og dagtilbud", False),
    ("social", "Social støtte", False),
    ("misbrug", "Misbrug", True),
    ("familie", "Familie og netværk", False),
    ("fritid", "Fritid", False),
)
TEXTS = Path(__file__).resolve().parent / "texts"
IN_USE_FROM = date(2026, 1, 1)


def _text(name: str) -> str:
    return (TEXTS / name).read_text(encoding="utf-8").strip()


def add(apps: Any, schema_editor: Any) -> None:
    for position, (key, name, is_sensitive) in enumerate(TOPICS, start=1):
        apps.get_model("consent", "Topic").objects.create(
            key=key, name=name, position=position, is_sensitive=is_sensitive
        )
    apps.get_model("consent", "ConsentText").objects.create(
        number=1,
        title="Samtykke til at dele oplysninger i Fælles Familier",
        purpose=_text("formaal.txt"),
        body=_text("samtykke.txt"),
        months_valid=12,
        published_on=IN_USE_FROM,
    )
    apps.get_model("consent", "Guidance").objects.create(
        number=1, body=_text("vejledning.txt"), published_on=IN_USE_FROM
    )
    apps.get_model("consent", "InformationLeaflet").objects.create(
        number=1,
        title="Sådan behandler vi dine oplysninger",
        body=_text("oplysningsseddel.txt"),
        published_on=IN_USE_FROM,
    )


def remove(apps: Any, schema_editor: Any) -> None:
    """Takes away what nobody has used; the database refuses the rest."""
    for name in ("InformationLeaflet", "Guidance", "ConsentText", "Topic"):
        apps.get_model("consent", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
