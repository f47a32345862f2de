"""Reports to reviewers, and the sealed copies of what a reporter chose to disclose."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row, nullable_enum
from models.enums import ReportDecision, ReportReason, ReportReviewer, ReportState, ReportSubject
from models.groups import Group
from models.matches import Match
from models.users import User


class Report(Row):
    """What one person reports about another, `reported`: about himself, or about what he wrote.

    `subject_id` is the key of what is reported; it refers to no row, since a report outlives what it is about. `group`
    is where it happened, as far as that is known: its admins review it if it is `for_admins`. `note` is the reporter's,
    `decision_note` the reviewer's. Once `keep_until` is past, nobody needs it as evidence any more.
    """

    reporter: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports", on_delete=OnDelete.RESTRICT
    )
    reporter_id: UUID
    reported: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports_about", on_delete=OnDelete.RESTRICT
    )
    reported_id: UUID
    subject_type = fields.CharEnumField(ReportSubject, max_length=12)
    subject_id: UUID = fields.UUIDField()
    group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="reports", null=True, on_delete=OnDelete.RESTRICT
    )
    group_id: UUID | None
    reason = fields.CharEnumField(ReportReason, max_length=16)
    note: str | None = fields.TextField(null=True)
    for_admins = fields.BooleanField()
    for_moderators = fields.BooleanField()
    state = fields.CharEnumField(ReportState, max_length=12, default=ReportState.OPEN)
    created_at = fields.DatetimeField()
    triaged_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports_triaged", null=True, on_delete=OnDelete.RESTRICT
    )
    triaged_by_id: UUID | None
    triaged_at: datetime | None = fields.DatetimeField(null=True)
    decided_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="reports_decided", null=True, on_delete=OnDelete.RESTRICT
    )
    decided_by_id: UUID | None
    decided_at: datetime | None = fields.DatetimeField(null=True)
    decision = nullable_enum(ReportDecision, max_length=24)
    decision_note: str | None = fields.TextField(null=True)
    keep_until = fields.DatetimeField()

    class Meta:
        table = "reports"
        indexes = (("reporter_id", "id"), ("group_id", "id"), ("for_moderators", "id"), ("keep_until",))
        constraints = (
            CheckConstraint(check="reporter_id <> reported_id", name="nobody_reports_himself"),
            CheckConstraint(check="for_admins OR for_moderators", name="a_report_has_reviewers"),
            CheckConstraint(check="group_id IS NOT NULL OR NOT for_admins", name="admins_review_for_their_group"),
            CheckConstraint(
                check="triaged_by_id NOT IN (reporter_id, reported_id)"
                " AND decided_by_id NOT IN (reporter_id, reported_id)",
                name="nobody_reviews_his_own_report",
            ),
            CheckConstraint(
                check="(state = 'OPEN') = (triaged_at IS NULL) AND (triaged_at IS NULL) = (triaged_by_id IS NULL)"
                " AND (state IN ('OPEN', 'TRIAGED')) = (decision IS NULL)"
                " AND (decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)"
                " AND (decision IS NULL OR (decision = 'DISMISS') = (state = 'DISMISSED'))",
                name="a_report_is_as_far_as_its_decision",
            ),
        )

    @property
    def reviewers(self) -> list[ReportReviewer]:
        """Whom the reporter chose."""
        chosen = {ReportReviewer.GROUP_ADMIN: self.for_admins, ReportReviewer.MODERATOR: self.for_moderators}
        return [reviewer for reviewer, is_chosen in chosen.items() if is_chosen]


class ReportItem(Row):
    """A sealed copy of what somebody wrote in a pair's space, as it was when it was disclosed: a trigger refuses to
    change it. `body` is None for what had been deleted before."""

    report: fields.ForeignKeyRelation[Report] = fields.ForeignKeyField(
        "models.Report", related_name="items", on_delete=OnDelete.CASCADE
    )
    report_id: UUID
    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="report_items", on_delete=OnDelete.RESTRICT
    )
    match_id: UUID
    kind = fields.CharEnumField(ReportSubject, max_length=12)
    item_id: UUID = fields.UUIDField()
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="report_items", on_delete=OnDelete.RESTRICT
    )
    author_id: UUID
    body: str | None = fields.TextField(null=True)
    written_at = fields.DatetimeField()
    edited_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "report_items"
        indexes = (("match_id",),)
        constraints = (
            UniqueConstraint(fields=("report_id", "item_id", "author_id"), name="one_copy_of_an_item_a_report"),
        )
