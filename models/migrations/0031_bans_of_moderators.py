"""A ban says whether a moderator imposed it: an admin cannot lift that. Those there are follow from the audit log."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# A ban that is younger than a moderator's decision is another one: the moderator's was lifted.
FROM_THE_AUDIT_LOG = """
UPDATE group_bans SET by_moderator = true FROM audit_entries AS entry JOIN users ON users.id = entry.actor_id
WHERE users.is_moderator AND entry.act = 'REPORT_DECIDED' AND entry.detail->>'decision' = 'BAN_FROM_GROUP'
AND entry.detail->>'reported' = group_bans.user_id::text AND entry.detail->>'group' = group_bans.group_id::text
AND entry.at >= group_bans.created_at
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0030_emails_are_forgotten")]

    initial = False

    operations = [
        ops.AddField(
            model_name="GroupBan", name="by_moderator", field=fields.BooleanField(default=False, db_default=False)
        ),
        ops.RunSQL(FROM_THE_AUDIT_LOG, reverse_sql=ops.RunSQL.noop),
    ]
