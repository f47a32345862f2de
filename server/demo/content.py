"""The demo community's content: the TOML files beside this one, read as one document and checked against its shape."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.enums import Availability, GroupFocus, MatchEndReason, MatchState, ProgramState, ReportReason, SignUpRole

FOLDER = Path(__file__).parent


class _Table(BaseModel):
    """A table of the document; community.toml says what its fields mean. A field that has no place is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Moment(_Table):
    """A time of day in UTC, so many days before the day on which the demo is loaded."""

    days_ago: int = Field(ge=1)
    at: time

    def before(self, today: date) -> datetime:
        """When this is, seen from `today` (the date in UTC)."""
        return datetime.combine(today - timedelta(days=self.days_ago), self.at, UTC)


class Person(_Table):
    """Somebody with an account."""

    key: str
    name: str
    email: str
    birth_date: date
    time_zone: str
    locale: str
    bio: str
    joined_days_ago: int = Field(ge=1)
    moderator: bool = False
    offered_as: Literal["mentor", "mentee", "admin", "moderator"] | None = None


class Group(_Table):
    """A group; the first of its admins has made it."""

    key: str
    slug: str
    name: str
    focus: GroupFocus
    description: str
    topics: list[str]
    created_days_ago: int = Field(ge=1)
    admins: list[str] = Field(min_length=1)
    members: list[str]


class Advance(_Table):
    """A program's step to its next state."""

    to: ProgramState
    days_ago: int = Field(ge=1)


class Program(_Table):
    """A program, how it came to its state, and the state itself, which loading must arrive at."""

    key: str
    group: str
    template: str
    title: str
    description: str
    starts_in_days: int
    rolling: bool
    made_by: str
    created_days_ago: int = Field(ge=1)
    state: ProgramState
    advanced: list[Advance]


class SignUp(_Table):
    """What somebody wrote when signing up."""

    program: str
    person: str
    role: SignUpRole
    topics: list[str]
    goals: str
    experience: str | None = None
    languages: list[str]
    capacity: int = 1
    availability: list[Availability] = []
    is_shown: bool = False
    wishes: list[str] = []
    days_ago: int = Field(ge=1)


class Comment(Moment):
    """A comment under a post."""

    author: str
    body: str


class Reaction(Moment):
    """An emoji that one of the two has set under a post."""

    by: str
    emoji: str


class Post(Comment):
    """A post, perhaps about a step, how it was received, and what was said under it."""

    step: int | None = None
    reactions: list[Reaction] = []
    comments: list[Comment] = []


class Message(Moment):
    """A direct message from one of the two to the other."""

    author: str
    body: str


class StepDone(Moment):
    """One of the two completes a step."""

    position: int
    by: str


class CheckIn(_Table):
    """What one of the two answers to a week's check-in, or to the next one where that week had none."""

    by: str
    week: int = Field(ge=1)
    mood: int = Field(ge=1, le=5)
    body: str
    next_action: str | None = None


class Pause(Moment):
    """One of the two pauses the match, until so many days after the day on which the demo is loaded."""

    by: str
    until_in_days: int = Field(ge=1)


class Completed(_Table):
    """When each of the two has said that the mentorship is complete."""

    mentor: Moment
    mentee: Moment


class Acknowledged(_Table):
    """When each of the two has read the introduction; None as long as it has not happened."""

    mentor: Moment | None = None
    mentee: Moment | None = None


class End(Moment):
    """One of the two ends the match."""

    by: str
    reason: MatchEndReason
    feedback: str | None = None
    back_to_queue: bool


class Pair(_Table):
    """A match and all that the two have written and done, and the state that loading must arrive at."""

    key: str
    program: str
    mentor: str
    mentee: str
    made_by: str
    note: str | None = None
    made: Moment
    state: MatchState
    acknowledged: Acknowledged
    paused: Pause | None = None
    completed: Completed | None = None
    ended: End | None = None
    steps: list[StepDone]
    posts: list[Post] = []
    messages: list[Message] = []
    check_ins: list[CheckIn] = []


class Reported(Moment):
    """What somebody asks the platform's moderators to look at: another person."""

    by: str
    about: str
    reason: ReportReason
    note: str


class Content(_Table):
    """The whole document."""

    people: list[Person]
    groups: list[Group]
    programs: list[Program]
    sign_ups: list[SignUp]
    pairs: list[Pair]
    reports: list[Reported]


def read(folder: Path = FOLDER) -> Content:
    """All files of the folder as one document. Raises pydantic's ValidationError, which names the place at fault."""
    document: dict[str, list[Any]] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, tables in tomllib.loads(path.read_text(encoding="utf-8")).items():
            document.setdefault(name, []).extend(tables)
    return Content.model_validate(document)
