"""A marker for each text that people write: which input's field it came from can be told wherever it turns up."""

import re

from graphql import GraphQLInputObjectType, get_named_type

from tests.selections import TYPES

NO_WORDS = """RegisterInput.email RegisterInput.password RegisterInput.timeZone RegisterInput.locale LogInInput.email
    LogInInput.password LogOutEverywhereInput.password LogOutInput.refreshToken RefreshSessionInput.refreshToken
    CreateGroupInput.timeZone CreateProgramInput.templateKey SignUpInput.languages SignUpInput.timeZone
    UpdateSignUpInput.languages UpdateSignUpInput.timeZone ReactInput.emoji UnreactInput.emoji MarkReadInput.upTo
    MarkNotificationsReadInput.upTo QuietHoursInput.from QuietHoursInput.until
    ChangeEmailInput.newEmail ChangeEmailInput.password ChangePasswordInput.currentPassword
    ChangePasswordInput.newPassword DeleteAccountInput.password RequestPasswordResetInput.email
    ResetPasswordInput.newPassword ResetPasswordInput.token VerifyEmailInput.token"""
"""Fields that take a text which is no words: names from lists, times, cursors and secrets."""

_SIGN_UP = {"sign_ups", "shown_sign_ups", "matches"}
_DISCLOSED = {"report_items"}
_STEPS = {"program_steps", "step_progress"}

BELONGS: dict[str, set[str]] = {
    "RegisterInput.name": {"users", "matches"},
    "RegisterInput.device": {"sessions"},
    "LogInInput.device": {"sessions"},
    "ResetPasswordInput.device": {"sessions"},
    "CreateGroupInput.name": {"groups"},
    "CreateGroupInput.slug": {"groups"},
    "CreateGroupInput.description": {"groups"},
    "CreateGroupInput.topics": {"groups"},
    "SetGroupTopicsInput.topics": {"groups"},
    "CreateProgramInput.title": {"programs", "matches"},
    "CreateProgramInput.description": {"programs"},
    "UpdateProgramInput.title": {"programs", "matches"},
    "UpdateProgramInput.description": {"programs"},
    **{
        f"{kind}ProgramStepInput.{name}": _STEPS
        for kind in ("Add", "Update")
        for name in ("title", "mentorGuidance", "menteeGuidance")
    },
    **{f"{kind}Input.{name}": _SIGN_UP for kind in ("SignUp", "UpdateSignUp") for name in ("topics", "goals")},
    "SignUpInput.experience": _SIGN_UP,
    "UpdateSignUpInput.experience": _SIGN_UP,
    "CreateMatchInput.note": {"matches"},
    "EndMatchInput.feedback": {"matches"},
    "CreatePostInput.body": {"posts"} | _DISCLOSED,
    "CreatePostInput.idempotencyKey": {"posts"},
    "EditPostInput.body": {"posts"} | _DISCLOSED,
    "CreateCommentInput.body": {"comments"} | _DISCLOSED,
    "CreateCommentInput.idempotencyKey": {"comments"},
    "EditCommentInput.body": {"comments"} | _DISCLOSED,
    "SendMessageInput.body": {"messages"} | _DISCLOSED,
    "SendMessageInput.idempotencyKey": {"messages"},
    "EditMessageInput.body": {"messages"} | _DISCLOSED,
    "AnswerCheckInInput.body": {"check_ins"} | _DISCLOSED,
    "AnswerCheckInInput.nextAction": {"check_ins"} | _DISCLOSED,
    "ReportInput.note": {"reports"},
    "DecideReportInput.note": {"reports"},
}
"""In the rows of which tables each text may lie. It lies nowhere else."""

FOUND = re.compile(r"marker-([a-z]+)-([a-z]+)-ends")


def marker(place: str) -> str:
    """The word that is written into the input's field of this name, as "CreatePostInput.body"."""
    kind, _, name = place.partition(".")
    return f"marker-{kind}-{name}-ends".lower()


def places() -> set[str]:
    """All inputs' fields in which people write words."""
    found = {
        f"{kind.name}.{name}"
        for kind in TYPES.values()
        if isinstance(kind, GraphQLInputObjectType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name in ("String", "Markdown")
    }
    return found - set(NO_WORDS.split())


def named(found: tuple[str, str]) -> str:
    """The place that a marker names."""
    return next(place for place in BELONGS if place.lower().split(".") == [*found])
