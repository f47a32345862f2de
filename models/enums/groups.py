"""What groups are about, and the roles of their members."""

from enum import StrEnum


class GroupFocus(StrEnum):
    """What a group is about; it decides whether the group may run mentorship programs."""

    PARENTING = "PARENTING"
    PROFESSIONAL = "PROFESSIONAL"
    PERSONAL_DEVELOPMENT = "PERSONAL_DEVELOPMENT"
    OTHER = "OTHER"


class GroupRole(StrEnum):
    """A membership's role."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"
