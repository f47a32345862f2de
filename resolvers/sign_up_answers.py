"""What people say when they sign up: checked, and settled against the group's topics and the people that it names."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from models.base import ids_of
from models.enums import Availability, SignUpRole
from models.groups import Group
from models.programs import Program
from models.sign_ups import MAX_AVOIDED, MAX_CAPACITY, MAX_WISHES, ShownSignUp, SignUp
from models.users import User
from resolvers import access, text

PRIVATE = frozenset(("is_shown", "wished_sign_up_ids", "avoid_user_ids"))
"""The answers that no admin sees."""


class Answers(TypedDict, total=False):
    """The answers that are given. None takes back what may be left open; of the others it is no answer."""

    topics: Sequence[str] | None
    goals: str | None
    experience: str | None
    languages: Sequence[str] | None
    time_zone: str | None
    capacity: int | None
    availability: Sequence[Availability] | None
    paused_until: date | None
    is_shown: bool | None
    wished_sign_up_ids: Sequence[UUID] | None
    avoid_user_ids: Sequence[UUID] | None


def checked(given: Answers, role: SignUpRole) -> dict[str, Any]:
    """The answers as they are kept, by column, as far as they say for themselves. Raises Refused INVALID_INPUT."""
    answered = {name: value for name, value in given.items() if value is not None or name in _MAY_BE_OPEN}
    kept = {name: _CHECKS[name](value) for name, value in answered.items()}
    if "capacity" in kept:
        _capacity(role, kept["capacity"])
    return kept


async def settle(viewer: access.Viewer, now: datetime, program: Program, before: SignUp, kept: dict[str, Any]) -> None:
    """Check answers against what is there now, and spell the topics as the group does. What the sign-up said `before`
    stays possible.

    Raises Refused: INVALID_INPUT, NOT_FOUND for people and sign-ups that are not there for the viewer to name.
    """
    if "topics" in kept:
        group = await Group.get(id=program.group_id)
        kept["topics"] = _as_the_group_says(group, kept["topics"], before.topics)
    if "paused_until" in kept and kept["paused_until"] != before.paused_until:
        _to_come(kept["paused_until"], now, kept.get("time_zone", before.time_zone))
    if "wished_sign_up_ids" in kept:
        await _shown(viewer, before, kept["wished_sign_up_ids"])
    if "avoid_user_ids" in kept:
        await _known(viewer, before, kept["avoid_user_ids"])


def _languages(values: Sequence[str]) -> list[str]:
    path = ("input", "languages")
    if not 1 <= len(values) <= 10:
        raise text.invalid("Name 1 to 10 languages that you speak.", path)
    return list(dict.fromkeys(text.language(value, (*path, str(index))) for index, value in enumerate(values)))


def _capacity(role: SignUpRole, capacity: int) -> None:
    path = ("input", "capacity")
    if role == SignUpRole.MENTEE and capacity != 1:
        raise text.invalid("A mentee has one mentor: leave the capacity out, or say 1.", path)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise text.invalid(f"A mentor takes 1 to {MAX_CAPACITY} mentees.", path)


def _in_the_weeks_order(values: Sequence[Availability]) -> list[str]:
    return [each.value for each in Availability if each in values]


def _few(ids: Sequence[UUID], path: access.Path, most: int) -> list[UUID]:
    if len(ids) > most:
        raise text.invalid(f"Name {most} at most; these are {len(ids)}.", path)
    return list(dict.fromkeys(ids))


def _as_given(value: Any) -> Any:
    return value


_TOPICS, _GOALS, _EXPERIENCE = ("input", "topics"), ("input", "goals"), ("input", "experience")
_WISHES, _AVOIDED = ("input", "wishedSignUpIds"), ("input", "avoidUserIds")
_MAY_BE_OPEN = ("experience", "paused_until")
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "topics": lambda value: text.lines(value, _TOPICS, most=10, longest=60, what="a topic"),
    "goals": lambda value: text.text(value, _GOALS, longest=2_000, what="your goals"),
    "experience": lambda value: text.optional_text(value, _EXPERIENCE, longest=2_000, what="your experience"),
    "languages": _languages,
    "time_zone": lambda value: text.time_zone(value, ("input", "timeZone")),
    "capacity": _as_given,
    "availability": _in_the_weeks_order,
    "paused_until": _as_given,
    "is_shown": _as_given,
    "wished_sign_up_ids": lambda ids: _few(ids, _WISHES, MAX_WISHES),
    "avoid_user_ids": lambda ids: _few(ids, _AVOIDED, MAX_AVOIDED),
}


def _as_the_group_says(group: Group, topics: Sequence[str], before: Sequence[str]) -> list[str]:
    """Topics of the group's list in its spelling. Others are people's own words, new ones only if the list is open."""
    listed = {topic.casefold(): topic for topic in (*before, *group.topics)}
    for index, topic in enumerate(topics):
        if group.topics_closed and topic.casefold() not in listed:
            message = f"Choose from this group's topics: {', '.join(group.topics)}."
            raise text.invalid(message, (*_TOPICS, str(index)))
    return [listed.get(topic.casefold(), topic) for topic in topics]


def _to_come(day: date | None, now: datetime, zone: str) -> None:
    if day is not None and day <= now.astimezone(ZoneInfo(zone)).date():
        raise text.invalid("Choose a day to come, or leave the pause out.", ("input", "pausedUntil"))


async def _shown(viewer: access.Viewer, before: SignUp, wished: Sequence[UUID]) -> None:
    shown = access.visible(ShownSignUp, viewer).filter(id__in=list(wished), program_id=before.program_id)
    found = await ids_of(shown.exclude(role=before.role))
    _all_found(wished, found, "sign-up", _WISHES)


async def _known(viewer: access.Viewer, before: SignUp, avoided: Sequence[UUID]) -> None:
    if viewer.id in avoided:
        message = "You are among the people you name. Name others."
        raise text.invalid(message, (*_AVOIDED, str(avoided.index(viewer.id))))
    found = await ids_of(access.visible(User, viewer).filter(id__in=list(avoided)))
    # Somebody on the list may have left the group since, and may come back.
    _all_found(avoided, [*found, *before.avoid_user_ids], "user", _AVOIDED)


def _all_found(named: Sequence[UUID], found: Sequence[UUID], noun: str, path: Sequence[str]) -> None:
    for index, each in enumerate(named):
        if each not in found:
            raise access.not_found(noun, (*path, str(index)))
