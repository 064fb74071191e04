from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("valletpv_hub", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="hubinstruction",
            name="created_at",
            field=models.CharField(blank=True, default="", max_length=32, verbose_name="creada en el hub"),
        ),
    ]
