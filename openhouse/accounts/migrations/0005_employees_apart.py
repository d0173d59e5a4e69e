"""Employees alone stand in the index of their keys."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_sessions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='employee_key',
            field=models.CharField(max_length=255, null=True),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('employee_key__isnull', False)), fields=('employee_key',), name='one_account_per_employee'),
        ),
    ]
