"""Which department wrote the need; and away with a goal of the start that nothing ever wrote."""

from typing import Any

from django.db import migrations, models


def tell(apps: Any, schema_editor: Any) -> None:
    """The first tovholder of each forløb wrote its need, from the department they were in."""
    participation = apps.get_model("cases", "Participation")
    first: dict[Any, Any] = {}
    leads = participation.objects.filter(role="tovholder").order_by("from_date", "to_date", "pk")
    for forloeb, department in leads.values_list("forloeb", "department"):
        first.setdefault(forloeb, department)
    forloeb_model = apps.get_model("cases", "Forloeb")
    for pk, department in first.items():
        forloeb_model.objects.filter(pk=pk).update(need_by=f"d:{department}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_escalation")]

    operations = [
        migrations.RemoveField(model_name="forloeb", name="goal"),
        migrations.RemoveField(model_name="historicalforloeb", name="goal"),
        *(
            migrations.AddField(
                model_name=name,
                name="need_by",
                field=models.CharField(
                    blank=True,
                    default="",
                    editable=False,
                    max_length=40,
                    verbose_name="behovet er skrevet af",
                ),
            )
            for name in ("forloeb", "historicalforloeb")
        ),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
