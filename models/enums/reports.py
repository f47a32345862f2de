"""What is reported, by whom it is looked at, and what is decided."""

from enum import StrEnum


class ReportReason(StrEnum):
    """Why something is reported."""

    HARASSMENT = "HARASSMENT"
    HATE = "HATE"
    SEXUAL_CONTENT = "SEXUAL_CONTENT"
    SCAM = "SCAM"
    DANGER_TO_LIFE = "DANGER_TO_LIFE"
    IMPERSONATION = "IMPERSONATION"
    UNDERAGE = "UNDERAGE"
    OTHER = "OTHER"


class ReportReviewer(StrEnum):
    """Who is to look at a report."""

    GROUP_ADMIN = "GROUP_ADMIN"
    MODERATOR = "MODERATOR"


class ReportSubject(StrEnum):
    """What a report is about, or a sealed item of it a copy of."""

    PERSON = "PERSON"
    POST = "POST"
    COMMENT = "COMMENT"
    MESSAGE = "MESSAGE"
    CHECK_IN = "CHECK_IN"


class ReportState(StrEnum):
    """Where a report stands: OPEN, TRIAGED, and then one of the others."""

    OPEN = "OPEN"
    TRIAGED = "TRIAGED"
    ACTIONED = "ACTIONED"
    DISMISSED = "DISMISSED"


class ReportDecision(StrEnum):
    """What a reviewer decides."""

    DISMISS = "DISMISS"
    WARN = "WARN"
    REMOVE_CONTENT = "REMOVE_CONTENT"
    END_MATCH = "END_MATCH"
    BAN_FROM_GROUP = "BAN_FROM_GROUP"
    SUSPEND_ACCOUNT = "SUSPEND_ACCOUNT"
    WITHDRAW_ELIGIBILITY = "WITHDRAW_ELIGIBILITY"


MODERATORS_DECIDE = (ReportDecision.SUSPEND_ACCOUNT, ReportDecision.WITHDRAW_ELIGIBILITY)
"""What reaches beyond a group, and is not for its admins to decide."""


class AuditAct(StrEnum):
    """What the audit log tells of: acts of moderators, of those who decide reports or ban, and of operators."""

    REPORT_TRIAGED = "REPORT_TRIAGED"
    REPORT_DECIDED = "REPORT_DECIDED"
    BIRTH_DATE_CORRECTED = "BIRTH_DATE_CORRECTED"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    ACCOUNT_RESTORED = "ACCOUNT_RESTORED"
    MODERATOR_MADE = "MODERATOR_MADE"
    BAN_IMPOSED = "BAN_IMPOSED"
    BAN_LIFTED = "BAN_LIFTED"
    ELIGIBILITY_RESTORED = "ELIGIBILITY_RESTORED"
