"""Notifications: that something happened which a person should know, never with words of a pair."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint

from models.base import Row
from models.check_ins import CheckIn
from models.enums import NotificationKind
from models.exports import DataExport
from models.groups import Group
from models.matches import Match, StepProgress
from models.programs import Program
from models.reports import Report
from models.users import User

SUBJECTS: dict[NotificationKind, type[Row]] = {
    NotificationKind.MATCHED: Match,
    NotificationKind.INTRODUCTION_WAITS: Match,
    NotificationKind.INTRODUCTION_ACKNOWLEDGED: Match,
    NotificationKind.MATCH_ACTIVE: Match,
    NotificationKind.MATCH_ENDED: Match,
    NotificationKind.MATCH_EXPIRED: Match,
    NotificationKind.STEP_WAITS: StepProgress,
    NotificationKind.PLACE_FREED: Program,
    NotificationKind.SIGN_UP_CLOSED: Program,
    NotificationKind.NOBODY_TO_PAIR: Program,
    NotificationKind.STEP_OPENED: StepProgress,
    NotificationKind.STEPS_FINISHED: Match,
    NotificationKind.COMPLETION_PROPOSED: Match,
    NotificationKind.MATCH_COMPLETED: Match,
    NotificationKind.CHECK_IN_DUE: CheckIn,
    NotificationKind.NUDGE_7: Match,
    NotificationKind.NUDGE_14: Match,
    NotificationKind.NUDGE_21: Match,
    NotificationKind.SILENT_28: Match,
    NotificationKind.MATCH_PAUSED: Match,
    NotificationKind.MATCH_RESUMED: Match,
    NotificationKind.HELP_WELCOME: Match,
    NotificationKind.REPORT_WAITS: Report,
    NotificationKind.REPORT_DECIDED: Report,
    NotificationKind.WARNED: User,
    NotificationKind.BAN_LIFTED: Group,
    NotificationKind.ELIGIBILITY_RESTORED: Group,
    NotificationKind.ACCOUNT_RESTORED: User,
    NotificationKind.EXPORT_READY: DataExport,
    NotificationKind.WORDS_REMOVED_SOON: Match,
}
"""What a notification of each kind is about."""


class Notification(Row):
    """One thing that one person is told. `subject_id` is the key of the row that it is about, one of SUBJECTS' model.

    As long as one is unread, no second one of its kind about the same subject is made.
    """

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="notifications", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    kind = fields.CharEnumField(NotificationKind, max_length=32)
    subject_id = fields.UUIDField()
    created_at = fields.DatetimeField()
    read_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "notifications"
        indexes = (("user_id", "id"),)
        constraints = (
            UniqueConstraint(
                fields=("user_id", "kind", "subject_id"),
                name="one_unread_notification_a_kind_and_subject",
                condition="read_at IS NULL",
            ),
        )
