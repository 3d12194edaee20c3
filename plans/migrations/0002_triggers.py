"""A finished version, its items, their marks and its papers stay as they were that day (P5): the database refuses."""

from django.db import migrations

from web.triggers import forbid

FINISHED = "(SELECT state FROM plans_planversion WHERE id = {id}) = 'finished'"
OF_ITEM = "(SELECT v.state FROM plans_planversion v JOIN plans_planitem i ON i.version_id = v.id WHERE i.id = {id}) = 'finished'"
SAID = "En færdig version af Én Plan kan ikke ændres."


def _frozen(table, test, column):
    new, old = test.format(id=f"NEW.{column}"), test.format(id=f"OLD.{column}")
    return [
        forbid(table, "INSERT", when=new, message=SAID),
        forbid(table, "UPDATE", when=f"{old} OR {new}", message=SAID),
        forbid(table, "DELETE", when=old, message=SAID),
        forbid(table, "TRUNCATE", message=SAID),
    ]


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [
        forbid("plans_planversion", "UPDATE", "DELETE", when="OLD.state = 'finished'", message=SAID),
        forbid("plans_planversion", "TRUNCATE", message=SAID),
        *_frozen("plans_planitem", FINISHED, "version_id"),
        *_frozen("plans_planitem_about", OF_ITEM, "planitem_id"),
        *_frozen("plans_planitem_kept_from", OF_ITEM, "planitem_id"),
        forbid("plans_plancopy", "UPDATE", "DELETE", "TRUNCATE", message=SAID),
        forbid("plans_plancopy_items", "UPDATE", "DELETE", "TRUNCATE", message=SAID),
    ]
