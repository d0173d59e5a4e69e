"""The disclosure record of a student (34 CFR 99.32)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0006_one_pin_per_family'),
        ('district', '0003_names_without_accents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('on', models.DateField()),
                ('party', models.CharField(max_length=300)),
                ('interest', models.CharField(max_length=1000)),
                ('what', models.CharField(blank=True, max_length=1000)),
                ('basis', models.CharField(choices=[('99.31(a)(2)', 'another school, where the student enrolls or seeks to'), ('99.31(a)(3)', 'federal, state or local education authorities, for an audit or evaluation'), ('99.31(a)(4)', 'financial aid that the student applied for'), ('99.31(a)(5)', 'the juvenile justice system, as state law allows'), ('99.31(a)(6)', 'an organization that makes a study for schools'), ('99.31(a)(7)', 'an accrediting organization'), ('99.31(a)(8)', 'a parent of a dependent student who is 18'), ('99.31(a)(9)', 'a court order or a subpoena'), ('99.31(a)(10)', 'a health or safety emergency'), ('99.31(a)(16)', "a registered offender's record, under federal law"), ('1232g(b)(1)(L)', 'a child welfare agency, for a student in foster care'), ('99.30', 'written consent'), ('refused', 'none: the request was refused')], max_length=20)),
                ('threat', models.CharField(blank=True, max_length=1000)),
                ('recipients', models.CharField(blank=True, max_length=1000)),
                ('is_withheld', models.BooleanField(default=False)),
                ('entered_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='district.student')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('basis', '99.31(a)(10)'), _negated=True), models.Q(models.Q(('threat', ''), _negated=True), models.Q(('recipients', ''), _negated=True)), _connector='OR'), name='an_emergency_has_its_threat'), models.CheckConstraint(condition=models.Q(('basis', 'refused'), models.Q(('what', ''), _negated=True), _connector='OR'), name='a_disclosure_says_what'), models.CheckConstraint(condition=models.Q(('is_withheld', False), ('basis', '99.31(a)(9)'), _connector='OR'), name='withheld_by_a_court'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True), ('reason', '')), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_disclosure_ends_with_a_reason')],
            },
        ),
    ]
