import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # By itself: PostgreSQL alters no table whose rows were changed in the same transaction.
    dependencies = [("meetings", "0005_marks_of_agenda_points")]

    operations = [
        migrations.AlterField(
            model_name="agendapoint",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="consent.topic",
                verbose_name="emne",
            ),
        ),
    ]
