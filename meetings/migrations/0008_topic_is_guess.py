"""Where the words of a note leave its topic open, the board says that it was guessed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0007_who_wrote")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="topic_is_guess",
            field=models.BooleanField(
                default=False, help_text="Ordene lader det stå åbent.", verbose_name="emnet er gættet"
            ),
        )
        for name in ("boardnote", "historicalboardnote")
    ]
