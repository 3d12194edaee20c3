"""Where the words of an item leave its topic open, the sheet says that it was guessed."""

from django.db import migrations, models

from web.triggers import allow, forbid

FINISHED = "(SELECT state FROM plans_planversion WHERE id = {id}) = 'finished'"
OF_ITEM = "(SELECT v.state FROM plans_planversion v JOIN plans_planitem i ON i.version_id = v.id WHERE i.id = {id}) = 'finished'"
SAID = "En færdig version af Én Plan kan ikke ændres."


def _frozen(table, test, column):
    """As in 0002."""
    new, old = test.format(id=f"NEW.{column}"), test.format(id=f"OLD.{column}")
    return [
        forbid(table, "INSERT", when=new, message=SAID),
        forbid(table, "UPDATE", when=f"{old} OR {new}", message=SAID),
        forbid(table, "DELETE", when=old, message=SAID),
        forbid(table, "TRUNCATE", message=SAID),
    ]


# SQLite makes the table of the items anew: without its triggers, and not while those of another table read it.
ITEMS = _frozen("plans_planitem", FINISHED, "version_id")
MARKS = _frozen("plans_planitem_about", OF_ITEM, "planitem_id") + _frozen(
    "plans_planitem_kept_from", OF_ITEM, "planitem_id"
)


class Migration(migrations.Migration):
    dependencies = [("plans", "0005_beside_the_items")]

    operations = [
        *(allow(one) for one in [*ITEMS, *MARKS]),
        *(
            migrations.AddField(
                model_name=name,
                name="topic_is_guess",
                field=models.BooleanField(
                    default=False, help_text="Ordene lader det stå åbent.", verbose_name="emnet er gættet"
                ),
            )
            for name in ("planitem", "historicalplanitem")
        ),
        *ITEMS,
        *MARKS,
    ]
