"""Community groups, their members, and whether a group may run mentorship programs."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint

from models.base import Row
from models.enums import GroupFocus, GroupRole
from models.users import User


class Group(Row):
    """A community. Anybody may see its name, focus, description and topics; everything else is for its members.

    Whoever signs up for one of its programs chooses from its topics: from them alone if `topics_closed`.
    By the clocks of `time_zone` the days of its programs begin and end.
    """

    slug = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=80)
    description = fields.TextField()
    focus = fields.CharEnumField(GroupFocus, max_length=24)
    topics: list[str] = ArrayField(element_type="text", default=list)
    topics_closed = fields.BooleanField(default=False, db_default=False)
    time_zone = fields.CharField(max_length=64, default="UTC", db_default="UTC")
    mentorship_withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "groups"

    def ineligible_because(self) -> str | None:
        """Why this group may not run programs, in words for its admins; None when it may (DESIGN.md, rule 4)."""
        if self.focus == GroupFocus.OTHER:
            return (
                "Mentorship programs are for groups about parenting, professional or personal development. "
                "Change the group's focus if it is one of these."
            )
        if self.mentorship_withdrawn_at is not None:
            return "A moderator has withdrawn mentorship from this group. Write to the moderators to learn more."
        return None


class Membership(Row):
    """A person's place in a group. Leaving deletes the row."""

    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="memberships", on_delete=OnDelete.CASCADE
    )
    group_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="memberships", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    role = fields.CharEnumField(GroupRole, max_length=8, default=GroupRole.MEMBER)
    joined_at = fields.DatetimeField()

    class Meta:
        table = "memberships"
        constraints = (UniqueConstraint(fields=("group_id", "user_id"), name="one_membership_a_person_and_group"),)
        indexes = (("user_id",), ("group_id", "id"))


class GroupBan(Row):
    """A person who was removed from a group for good and may not join it again. `by_moderator`: only one lifts it."""

    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="bans", on_delete=OnDelete.CASCADE
    )
    group_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="bans", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    created_at = fields.DatetimeField()
    by_moderator = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "group_bans"
        constraints = (UniqueConstraint(fields=("group_id", "user_id"), name="one_ban_a_person_and_group"),)
