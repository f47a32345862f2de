"""What concerns an account alone: letters about it, and copies of its data."""

from enum import StrEnum


class AccountLetterKind(StrEnum):
    """What is written to an address about an account; the first three with a link."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    """Is this address yours?"""
    CONFIRM_NEW_EMAIL = "CONFIRM_NEW_EMAIL"
    """Is this address yours, and shall it take the place of the old one?"""
    RESET_PASSWORD = "RESET_PASSWORD"
    """Choose a new password."""
    NEW_EMAIL_ASKED = "NEW_EMAIL_ASKED"
    """To the old address: another one is to take its place."""
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    """There is a new password."""


class DataExportState(StrEnum):
    """Where a copy of one's own data stands."""

    WAITING = "WAITING"
    READY = "READY"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
