"""The page on concepts says what the code says: states and the ways between them, codes of refusals and of errors."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from models.enums import (
    PROGRAM_TRANSITIONS,
    CheckInState,
    MatchState,
    ProgramState,
    ReportState,
    SignUpState,
    StepState,
)
from models.errors import ErrorCode
from server.transports import websocket_messages

ROOT = Path(__file__).parents[1]
CONCEPTS = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", CONCEPTS, re.MULTILINE | re.DOTALL))
STATES: dict[str, type[StrEnum]] = {
    "Programs": ProgramState,
    "Sign-ups": SignUpState,
    "Matches": MatchState,
    "Steps": StepState,
    "Check-ins": CheckInState,
    "Reports": ReportState,
}
_MORE_THAN_ONE_WORD = re.compile(r'"((?:[A-Z]+_)+[A-Z]+|TIMEOUT|INTERNAL)"')


def ways(noun: str) -> set[tuple[str, str]]:
    """The arrows of a noun's diagram."""
    return set(re.findall(r"^  (\S+) --> (\S+)$", SECTIONS[noun], re.MULTILINE))


def codes(section: str) -> list[str]:
    """The first column of a section's tables, of those that are codes."""
    return re.findall(r"^\| `?([A-Z_]+|\d{4})`? \|", SECTIONS[section], re.MULTILINE)


@pytest.mark.parametrize("noun", STATES)
def test_a_newcomer_sees_every_state(noun: str) -> None:
    assert {state for way in ways(noun) for state in way} == {"[*]", *STATES[noun]}


def test_a_newcomer_sees_every_way_that_a_program_may_go() -> None:
    there = {(str(state), str(to)) for state, following in PROGRAM_TRANSITIONS.items() for to in following}
    assert ways("Programs") == there | {("[*]", "DRAFT")}


def test_an_app_developer_finds_every_code_of_a_refusal() -> None:
    assert codes("Errors as data") == [str(code) for code in ErrorCode]


def test_an_app_developer_finds_every_code_of_an_error() -> None:
    """Those are the constants that transports, the masking of errors and the allowance for documents hold."""
    files = [*(ROOT / "server" / "transports").glob("*.py"), ROOT / "server/masking.py", ROOT / "schema/allowance.py"]
    held = {code for file in files for code in _MORE_THAN_ONE_WORD.findall(file.read_text(encoding="utf-8"))}
    assert {code for code in codes("Top-level errors") if not code.isdigit()} == held - set(ErrorCode) - {
        "TCP_USER_TIMEOUT"
    }


def test_an_app_developer_finds_every_code_that_a_socket_is_closed_with() -> None:
    """Those of the messages' module; and 1012, which is uvicorn's at a restart."""
    source = Path(websocket_messages.__file__).read_text(encoding="utf-8")
    closes = {*re.findall(r"Close\((\d{4}),", source), "1012"}
    assert {code for code in codes("Top-level errors") if code.isdigit()} == closes
