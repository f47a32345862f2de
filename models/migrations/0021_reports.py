"""Reports, with sealed copies that nothing changes of what a reporter discloses."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import ReportDecision, ReportReason, ReportState, ReportSubject

CONSTRAINTS = [
    CheckConstraint(check="reporter_id <> reported_id", name="nobody_reports_himself"),
    CheckConstraint(check="for_admins OR for_moderators", name="a_report_has_reviewers"),
    CheckConstraint(check="group_id IS NOT NULL OR NOT for_admins", name="admins_review_for_their_group"),
    CheckConstraint(
        check="triaged_by_id NOT IN (reporter_id, reported_id) AND decided_by_id NOT IN (reporter_id, reported_id)",
        name="nobody_reviews_his_own_report",
    ),
    CheckConstraint(
        check="(state = 'OPEN') = (triaged_at IS NULL) AND (triaged_at IS NULL) = (triaged_by_id IS NULL)"
        " AND (state IN ('OPEN', 'TRIAGED')) = (decision IS NULL)"
        " AND (decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)"
        " AND (decision IS NULL OR (decision = 'DISMISS') = (state = 'DISMISSED'))",
        name="a_report_is_as_far_as_its_decision",
    ),
]
FUNCTION = """
CREATE FUNCTION report_items_are_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was disclosed is sealed' USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGER = """
CREATE TRIGGER report_items_are_sealed BEFORE UPDATE ON report_items
FOR EACH STATEMENT EXECUTE FUNCTION report_items_are_sealed()
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0021_audit")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "reporter",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="reporter_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reported",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="reported_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reports_about",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject_type", fields.CharEnumField(enum_type=ReportSubject, max_length=12)),
                ("subject_id", fields.UUIDField()),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.Group",
                        source_field="group_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="reports",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharEnumField(enum_type=ReportReason, max_length=16)),
                ("note", fields.TextField(null=True, unique=False)),
                ("for_admins", fields.BooleanField()),
                ("for_moderators", fields.BooleanField()),
                ("state", fields.CharEnumField(default=ReportState.OPEN, enum_type=ReportState, max_length=12)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "triaged_by",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="triaged_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="reports_triaged",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("triaged_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "decided_by",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="decided_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="reports_decided",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("decided_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("decision", fields.CharEnumField(null=True, enum_type=ReportDecision, max_length=24)),
                ("decision_note", fields.TextField(null=True, unique=False)),
                ("keep_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "reports",
                "app": "models",
                "indexes": [
                    Index(fields=["reporter_id", "id"]),
                    Index(fields=["group_id", "id"]),
                    Index(fields=["for_moderators", "id"]),
                    Index(fields=["keep_until"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        *(ops.AddConstraint(model_name="Report", constraint=constraint) for constraint in CONSTRAINTS),
        ops.CreateModel(
            name="ReportItem",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "report",
                    fields.ForeignKeyField(
                        "models.Report",
                        source_field="report_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="items",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Match",
                        source_field="match_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="report_items",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("kind", fields.CharEnumField(enum_type=ReportSubject, max_length=12)),
                ("item_id", fields.UUIDField()),
                (
                    "author",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="report_items",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("body", fields.TextField(null=True, unique=False)),
                ("written_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "report_items",
                "app": "models",
                "indexes": [Index(fields=["match_id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="ReportItem",
            constraint=UniqueConstraint(
                fields=("report_id", "item_id", "author_id"), name="one_copy_of_an_item_a_report"
            ),
        ),
        ops.RunSQL(FUNCTION, reverse_sql="DROP FUNCTION report_items_are_sealed()"),
        ops.RunSQL(TRIGGER, reverse_sql="DROP TRIGGER report_items_are_sealed ON report_items"),
    ]
