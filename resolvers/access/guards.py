"""What lies behind a part of a row that others may see, over `{row}`, `{viewer}` and `{adult}` (resolvers/reads.py)."""

from models.enums import GroupRole, ProgramState
from models.users import Sharing
from resolvers.access.scopes import opens_space
from resolvers.reads import Fact, Guard

_ROLE = "(SELECT role FROM memberships WHERE group_id = {row}.%s AND user_id = {viewer})"
ADMIN = f"= '{GroupRole.ADMIN}'"

ROLE_IN_GROUP = Fact("role", _ROLE % "id", GroupRole)
ROLE_IN_PROGRAM = Fact("role", _ROLE % "group_id", GroupRole)
MEMBERS_ONLY = Guard(f"{ROLE_IN_GROUP.sql} IS NOT NULL", lambda _, __, role: role is not None, fact=ROLE_IN_GROUP)
ADMINS_ONLY = Guard(f"{ROLE_IN_PROGRAM.sql} {ADMIN}", lambda _, __, role: role == GroupRole.ADMIN, fact=ROLE_IN_PROGRAM)
_MINE_OR_ADMINISTERED = Fact(
    "mine or administered",
    "({row}.user_id = {viewer} OR EXISTS (SELECT 1 FROM programs"
    " JOIN memberships ON memberships.group_id = programs.group_id WHERE programs.id = {row}.program_id"
    f" AND memberships.user_id = {{viewer}} AND memberships.role {ADMIN}))",
)
OWNER_AND_ADMINS_ONLY = Guard(_MINE_OR_ADMINISTERED.sql, lambda _, __, mine: bool(mine), fact=_MINE_OR_ADMINISTERED)
"""Of a sign-up: what is shown to nobody else who may see it."""
THE_TWO_ONLY = Guard(
    "{adult} AND (({row}.mentor_id = {viewer} AND {row}.mentor_reads)"
    " OR ({row}.mentee_id = {viewer} AND {row}.mentee_reads))",
    lambda viewer, match, _: opens_space(viewer, match),
    columns=("mentor_id", "mentee_id", "mentor_reads", "mentee_reads"),
)
MAY_WISH = Guard(
    f"{{adult}} AND {ROLE_IN_PROGRAM.sql} IS NOT NULL AND ({{row}}.state IN ('{ProgramState.SIGN_UP}',"
    f" '{ProgramState.MATCHING}') OR ({{row}}.rolling AND {{row}}.state = '{ProgramState.RUNNING}'))",
    lambda viewer, program, role: role is not None and viewer.is_adult and program.is_gathering(),
    columns=("state", "rolling"),
    fact=ROLE_IN_PROGRAM,
)
"""Who sees those that agreed to be shown, as in the scope of ShownSignUp."""
SHOWN_TO_ONE_ANOTHER = """user_id <> {viewer} AND NOT EXISTS (
    SELECT 1 FROM blocks
    WHERE (blocker_id = {viewer} AND blocked_id = user_id) OR (blocker_id = user_id AND blocked_id = {viewer})
)"""
"""Whom of them he does not see, as in that scope: himself, and nobody with a block between them."""

OWNER_ONLY = Guard(
    "{row}.user_id = {viewer}",
    lambda viewer, row, _: viewer is not None and row.user_id == viewer.id,
    columns=("user_id",),
)
BOTH_SHARE_READ_RECEIPTS = Fact(
    "both share read receipts",
    "(SELECT bool_and(shares_read_receipts) FROM users WHERE users.id IN ({row}.mentor_id, {row}.mentee_id))",
    for_viewer=False,
)
"""Whether the two of a match see how far the other one has read: both or neither, as both have chosen."""

LISTED_PROGRAMS = f"(state <> '{ProgramState.DRAFT}' OR {ROLE_IN_GROUP.sql} {ADMIN})"
"""The programs of the group `{row}` that its members find listed: drafts are for its admins."""


def shared(mine: Sharing, theirs: Sharing) -> Sharing:
    """What two people see of each other: of each thing both or neither, as both have chosen."""
    return Sharing(*(one and other for one, other in zip(mine, theirs, strict=True)))
