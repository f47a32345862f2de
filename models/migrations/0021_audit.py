"""The audit log, whose entries nothing changes."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.enums import AuditAct

FUNCTION = """
CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are neither changed nor deleted' USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGER = """
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0020_blocks")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor_id", fields.UUIDField(null=True)),
                ("act", fields.CharEnumField(enum_type=AuditAct, max_length=32)),
                ("subject_type", fields.CharField(max_length=32)),
                ("subject_id", fields.UUIDField()),
                ("detail", fields.JSONField(default=dict)),
            ],
            options={
                "table": "audit_entries",
                "app": "models",
                "indexes": [Index(fields=["subject_id"]), Index(fields=["actor_id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.RunSQL(FUNCTION, reverse_sql="DROP FUNCTION audit_entries_stay()"),
        ops.RunSQL(TRIGGER, reverse_sql="DROP TRIGGER audit_entries_stay ON audit_entries"),
    ]
