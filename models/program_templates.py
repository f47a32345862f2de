"""The program templates that ship. Their texts live in models/templates/*.toml, one file each, checked when read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from models.enums import StepRule

SHIPPED = (
    "career_advancement",
    "skill_development",
    "encouragement_and_support",
    "new_parents",
    "hobby_to_business",
    "first_race",
    "first_year",
    "blank",
)
"""The keys in the order in which people are offered them; blank stays last. Each has a file of the same name."""


MAX_WEEKS, MAX_STEPS = 52, 60
"""What a program has at most: a year, and something more than a step a week."""

MIN_MINUTES, MAX_MINUTES = 5, 240


class InvalidTemplate(ValueError):
    """A template's file breaks its shape. The message names the template, the step and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step. `week` counts from 1, `minutes` is an estimate for one person, both guidances are Markdown."""

    position: int
    week: int
    title: str
    mentor_guidance: str
    mentee_guidance: str
    rule: StepRule
    minutes: int


@dataclass(frozen=True, slots=True)
class ProgramTemplate:
    """A plan to copy a program from. Steps are in order of position, and their weeks never go back."""

    key: str
    name: str
    summary: str
    weeks: int
    steps: tuple[TemplateStep, ...]


@cache
def program_templates() -> tuple[ProgramTemplate, ...]:
    """All templates in the order of SHIPPED, read once a process. Raises InvalidTemplate when a file is malformed."""
    return tuple(_read(key) for key in SHIPPED)


def program_template(key: str) -> ProgramTemplate | None:
    """The template of that key, or None where there is none."""
    return next((template for template in program_templates() if template.key == key), None)


def parse_template(key: str, source: str) -> ProgramTemplate:
    """The template that a TOML text describes; `key` is what its file's name promises. Raises InvalidTemplate."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise InvalidTemplate(f"template {key}: {error}") from error
    where = f"template {key}"
    _expect_fields(data, {"key", "name", "summary", "weeks", "steps"}, where)
    if data["key"] != key:
        raise InvalidTemplate(f"{where}: its key is {data['key']!r}, which is not its file's name")
    weeks = _number(data, "weeks", where, 1, MAX_WEEKS)
    steps = data["steps"]
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise InvalidTemplate(f"{where}: steps must be a list of tables")
    parsed = tuple(_step(step, f"{where}, step {index}", index, weeks) for index, step in enumerate(steps, start=1))
    _expect_order(parsed, where)
    return ProgramTemplate(key, _text(data, "name", where), _text(data, "summary", where), weeks, parsed)


def _read(key: str) -> ProgramTemplate:
    return parse_template(key, files("models").joinpath("templates", f"{key}.toml").read_text(encoding="utf-8"))


def _step(data: Mapping[str, Any], where: str, position: int, weeks: int) -> TemplateStep:
    fields = {"position", "week", "title", "mentor_guidance", "mentee_guidance", "rule", "minutes"}
    _expect_fields(data, fields, where)
    if _number(data, "position", where, 1, 1000) != position:
        raise InvalidTemplate(f"{where}: position is {data['position']!r}; positions count 1, 2, 3 without a gap")
    try:
        rule = StepRule(data["rule"])
    except ValueError as error:
        allowed = ", ".join(StepRule)
        raise InvalidTemplate(f"{where}: rule is {data['rule']!r}; it must be one of {allowed}") from error
    return TemplateStep(
        position=position,
        week=_number(data, "week", where, 1, weeks),
        title=_text(data, "title", where),
        mentor_guidance=_text(data, "mentor_guidance", where),
        mentee_guidance=_text(data, "mentee_guidance", where),
        rule=rule,
        minutes=_number(data, "minutes", where, MIN_MINUTES, MAX_MINUTES),
    )


def _expect_fields(data: Mapping[str, Any], expected: set[str], where: str) -> None:
    if missing := sorted(expected - data.keys()):
        raise InvalidTemplate(f"{where}: {', '.join(missing)} missing")
    if unknown := sorted(data.keys() - expected):
        raise InvalidTemplate(f"{where}: unknown field {', '.join(unknown)}")


def _expect_order(steps: tuple[TemplateStep, ...], where: str) -> None:
    for before, after in pairwise(steps):
        if after.week < before.week:
            raise InvalidTemplate(
                f"{where}, step {after.position}: week {after.week} comes after week {before.week}; weeks never go back"
            )
    titles = [step.title for step in steps]
    if repeated := {title for title in titles if titles.count(title) > 1}:
        raise InvalidTemplate(f"{where}: two steps share the title {', '.join(sorted(repeated))}")


def _text(data: Mapping[str, Any], field: str, where: str) -> str:
    value = data[field]
    if not isinstance(value, str) or not value.strip():
        raise InvalidTemplate(f"{where}: {field} must be a text that is not empty")
    return value.strip()


def _number(data: Mapping[str, Any], field: str, where: str, low: int, high: int) -> int:
    value = data[field]
    if type(value) is not int or not low <= value <= high:
        raise InvalidTemplate(f"{where}: {field} is {value!r}; it must be a whole number from {low} to {high}")
    return value
