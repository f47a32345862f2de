"""The closed vocabularies of the domain, a file a noun, with the states and transitions of DESIGN.md section 1."""

from models.enums.accounts import (
    AccountLetterKind,
    DataExportState,
)
from models.enums.activity import (
    ActivityKind,
    StreamKind,
)
from models.enums.groups import (
    GroupFocus,
    GroupRole,
)
from models.enums.matches import (
    OPEN_MATCH,
    CheckInState,
    MatchEndReason,
    MatchOffer,
    MatchState,
    StepState,
    Weekday,
)
from models.enums.notifications import (
    EmailState,
    NotificationKind,
)
from models.enums.programs import (
    PROGRAM_OVER,
    PROGRAM_TRANSITIONS,
    ProgramState,
    StepOpening,
    StepRule,
)
from models.enums.reports import (
    MODERATORS_DECIDE,
    AuditAct,
    ReportDecision,
    ReportReason,
    ReportReviewer,
    ReportState,
    ReportSubject,
)
from models.enums.sign_ups import (
    OPEN_SIGN_UP,
    Availability,
    LeftOver,
    MatchObjective,
    SignUpRole,
    SignUpState,
)

__all__ = [
    "MODERATORS_DECIDE",
    "OPEN_MATCH",
    "OPEN_SIGN_UP",
    "PROGRAM_OVER",
    "PROGRAM_TRANSITIONS",
    "AccountLetterKind",
    "ActivityKind",
    "AuditAct",
    "Availability",
    "CheckInState",
    "DataExportState",
    "EmailState",
    "GroupFocus",
    "GroupRole",
    "LeftOver",
    "MatchEndReason",
    "MatchObjective",
    "MatchOffer",
    "MatchState",
    "NotificationKind",
    "ProgramState",
    "ReportDecision",
    "ReportReason",
    "ReportReviewer",
    "ReportState",
    "ReportSubject",
    "SignUpRole",
    "SignUpState",
    "StepOpening",
    "StepRule",
    "StepState",
    "StreamKind",
    "Weekday",
]
