"""Deposits get lines of their own, beginning with the numbers that stood on the orders."""

import django.db.models.deletion
import mulin.kit.channels
import mulin.kit.ids
import mulin.kit.models
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from mulin.kit.clock import local_day
from mulin.kit.scoping import in_community


def carry_over(apps, schema_editor):
    """Each number becomes a line of the day the order was written down."""
    orders = apps.get_model("production", "Order").objects
    lines = apps.get_model("production", "DepositLine").objects
    now = timezone.now()
    for community in apps.get_model("community", "Community").objects.all():
        # PostgreSQL shows rows of a community only to whoever says which.
        with in_community(community):
            lines.bulk_create(
                (
                    lines.model(
                        community=community, order=order, kind="received", source="customer",
                        target="held", amount=order.deposit, words="按订单上登记的定金转入",
                        happened_on=local_day(order.made_at), at=now, channel="system",
                    )  # fmt: skip
                    for order in orders.filter(community=community, deposit__gt=0).order_by("id")
                ),
                batch_size=1_000,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0004_accountant'),
        ('production', '0004_sales'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DepositLine',
            fields=[
                ('id', mulin.kit.models.IdField(default=mulin.kit.ids.next_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('received', 'deposit received'), ('set_off', 'deposit set off against what was delivered'), ('returned', 'deposit given back to the customer')], max_length=10)),
                ('source', models.CharField(choices=[('customer', 'the customer'), ('held', 'deposit held'), ('delivered', 'what was delivered')], max_length=10)),
                ('target', models.CharField(choices=[('customer', 'the customer'), ('held', 'deposit held'), ('delivered', 'what was delivered')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('happened_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('channel', models.CharField(choices=mulin.kit.channels.Channel.choices, max_length=20)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.community')),
                ('entered_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deposit_lines', to='production.order')),
                ('reverses', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='production.depositline')),
            ],
            options={
                'ordering': ('at', 'id'),
                'indexes': [models.Index(fields=['community', 'order', 'at'], name='deposit_of_order')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('community', 'reverses'), name='deposit_turned_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='deposit_above_nothing'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='deposit_goes_somewhere')],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
