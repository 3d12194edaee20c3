"""What the data of 0002 now fulfils, held by the database. Apart: a table is not altered with its own rows changed before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_closed_with_a_date"),
    ]

    operations = [
        migrations.AlterField(
            model_name="area",
            name="short_name",
            field=models.CharField(
                error_messages={"unique": "Et andet område har allerede den forkortelse."},
                max_length=10,
                unique=True,
                verbose_name="forkortelse",
            ),
        ),
        migrations.AddConstraint(
            model_name="department",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", True), ("is_active", True)),
                    models.Q(("closed_on__isnull", False), ("is_active", False)),
                    _connector="OR",
                ),
                name="department_closed_has_its_day",
                violation_error_message="En afdeling, der er lukket, har den dag, den blev lukket. En åben har ikke.",
            ),
        ),
    ]
