"""People with an account, and how old they are where they live."""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

from models import wall_clock
from models.base import Row
from models.enums import Weekday

ADULT = 18


class Sharing(NamedTuple):
    """What a person shares with partners of his being there; his `User` has the same names."""

    shares_presence: bool
    shares_typing: bool
    shares_read_receipts: bool


class User(Row):
    """A person with an account. `email` is kept in lower case; `birth_date` is shown to nobody but its owner.

    `unread_notifications` counts them, so that nobody has to: it changes with the number of the person's stream.

    `wants_emails` off stops them all; the choices for each kind (models/emails.py) stay as they are meanwhile.

    `quiet_from` and `quiet_until` are minutes after midnight on the person's own clock, and mean every night; both None
    for somebody without quiet hours. `check_in_weekday` and `check_in_hour` are when the person is asked for the weekly
    check-in, by the same clock.
    """

    email = fields.CharField(max_length=254, unique=True)
    password_hash = fields.CharField(max_length=255)
    name = fields.CharField(max_length=80)
    bio: str | None = fields.TextField(null=True)
    avatar_url = fields.CharField(max_length=500, null=True)
    birth_date = fields.DateField()
    time_zone = fields.CharField(max_length=64)
    locale = fields.CharField(max_length=35, default="en")
    is_moderator = fields.BooleanField(default=False)
    email_verified_at: datetime | None = fields.DatetimeField(null=True)
    suspended_at: datetime | None = fields.DatetimeField(null=True)
    shares_read_receipts = fields.BooleanField(default=True, db_default=True)
    created_at = fields.DatetimeField()
    shares_presence = fields.BooleanField(default=True, db_default=True)
    shares_typing = fields.BooleanField(default=True, db_default=True)
    wants_emails = fields.BooleanField(default=True, db_default=True)
    quiet_from: int | None = fields.SmallIntField(null=True, default=22 * 60, db_default=22 * 60)
    quiet_until: int | None = fields.SmallIntField(null=True, default=8 * 60, db_default=8 * 60)
    check_in_weekday = fields.IntEnumField(Weekday, default=Weekday.SUNDAY, db_default=Weekday.SUNDAY)
    check_in_hour: int = fields.SmallIntField(default=18, db_default=18)
    unread_notifications = fields.IntField(default=0, db_default=0)
    activity_head: int = fields.BigIntField(default=0)
    activity_floor: int = fields.BigIntField(default=0)

    class Meta:
        table = "users"
        constraints = (
            CheckConstraint(check="unread_notifications >= 0", name="unread_notifications_never_negative"),
            CheckConstraint(
                check="check_in_weekday BETWEEN 0 AND 6 AND check_in_hour BETWEEN 0 AND 23",
                name="a_check_in_is_due_at_an_hour_of_the_week",
            ),
            CheckConstraint(
                check="(quiet_from IS NULL) = (quiet_until IS NULL)"
                " AND quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439 AND quiet_from <> quiet_until",
                name="quiet_hours_are_two_times_of_a_day",
            ),
        )

    def quiet_until_when(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` (aware) falls into are over; None when it falls into none."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return wall_clock.end_of(self.quiet_from, self.quiet_until, ZoneInfo(self.time_zone), now)

    def is_adult(self, now: datetime) -> bool:
        """Whether the person is 18 or older at `now` (aware), by the calendar of his own time zone."""
        return age_on(self.birth_date, now.astimezone(ZoneInfo(self.time_zone)).date()) >= ADULT


def age_on(birth_date: date, day: date) -> int:
    """Full years on `day`. Somebody born on 29 February has his birthday on 1 March of a common year."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)
