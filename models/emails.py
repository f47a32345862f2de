"""The outbox: e-mails that are to be sent or were, and which kinds people want by e-mail."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.accounts import AccountLetter
from models.base import Row
from models.enums import EmailState, NotificationKind
from models.notifications import Notification
from models.users import User


class Email(Row):
    """That a notification, or a letter about an account, goes out by e-mail, once.

    Its words are made when it is sent, and kept nowhere.

    Its id is the left half of its Message-ID: whoever is sent it twice can tell. `due_at` is when it is tried next.
    `trouble` is why the last attempt failed, for operators: a mail server's code or the name of an error, never words.
    `closed_at` is when it stopped WAITING.
    """

    notification: fields.OneToOneNullableRelation[Notification] = fields.OneToOneField(
        "models.Notification", related_name="email", on_delete=OnDelete.CASCADE, null=True
    )
    notification_id: UUID | None
    account_letter: fields.OneToOneNullableRelation[AccountLetter] = fields.OneToOneField(
        "models.AccountLetter", related_name="email", on_delete=OnDelete.CASCADE, null=True
    )
    account_letter_id: UUID | None
    state = fields.CharEnumField(EmailState, max_length=12, default=EmailState.WAITING)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    trouble = fields.CharField(max_length=60, null=True)
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "emails"
        indexes = (
            PartialIndex(fields=("due_at",), name="emails_waiting", condition={"state": "WAITING"}),
            Index(fields=("closed_at",)),
        )
        constraints = (
            CheckConstraint(check="(closed_at IS NULL) = (state = 'WAITING')", name="an_email_waits_or_was_closed"),
            CheckConstraint(
                check="(notification_id IS NULL) <> (account_letter_id IS NULL)", name="an_email_says_one_thing"
            ),
        )


class EmailChoice(Row):
    """That a person wants one kind of notification by e-mail, or does not. Who never chose has no row."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="email_choices", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    kind = fields.CharEnumField(NotificationKind, max_length=32)
    is_wanted = fields.BooleanField()

    class Meta:
        table = "email_choices"
        constraints = (UniqueConstraint(fields=("user_id", "kind"), name="one_email_choice_a_kind"),)
