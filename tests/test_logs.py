"""An operator reads the log: which request a line is about, for people and for machines, and nobody's words."""

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from server.logs import Lines, Objects
from server.masking import log_exception, log_failure
from server.transports.current import current
from tests.servers import CHECKOUT

BUSY = SimpleNamespace(request_id="abc", name="MyMatches", trace_id=None)


@contextmanager
def busy_with(operation: SimpleNamespace) -> Iterator[None]:
    token = current.set(operation)
    yield
    current.reset(token)


def failed(words: str) -> RuntimeError:
    try:
        raise RuntimeError(words)
    except RuntimeError as error:
        return error


def test_a_line_for_people_ends_with_what_it_belongs_to(caplog: pytest.LogCaptureFixture) -> None:
    with busy_with(BUSY):
        logging.getLogger("server.here").warning("Something is %s.", "odd")
        line = Lines().format(caplog.records[0])
    assert line.endswith(" WARNING server.here Something is odd. request_id=abc operation=MyMatches")
    assert Lines().format(caplog.records[0]).endswith("Something is odd."), "said when nobody asks for anything"


def test_a_line_for_machines_is_one_object_with_the_same_in_it(caplog: pytest.LogCaptureFixture) -> None:
    """Also where somebody logs several lines, and where an exception comes with them."""
    with busy_with(SimpleNamespace(request_id="abc", name="MyMatches", trace_id="0af7")):
        log_exception(failed("words of Tom"), "abc")
        line = Objects().format(caplog.records[0])
    assert "\n" not in line
    said = json.loads(line)
    assert said.pop("time").endswith("+00:00")
    trail = said.pop("trail")
    assert trail[0] == "builtins.RuntimeError" and trail[1].startswith("  at tests.test_logs.failed:")
    assert said == {
        "level": "error",
        "logger": "server.masking",
        "message": "request abc failed",
        "request_id": "abc",
        "operation": "MyMatches",
        "trace_id": "0af7",
    }


def test_a_text_that_is_not_all_unicode_is_a_line_too(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("server.here").warning("Half a sign: \ud83e")
    assert json.loads(Objects().format(caplog.records[0]))["message"] == "Half a sign: \ud83e"


def test_what_is_about_another_request_is_not_said_to_be_this_ones(caplog: pytest.LogCaptureFixture) -> None:
    """An event is built once for all who hear it: its line has the request that it names."""
    with busy_with(BUSY):
        log_exception(failed("words of Tom"), "another")
        said = json.loads(Objects().format(caplog.records[0]))
    assert said["request_id"] == "another" and "operation" not in said


def test_what_nobody_asked_for_belongs_to_no_request(caplog: pytest.LogCaptureFixture) -> None:
    log_failure(failed("words of Tom"), "the job nudge")
    said = json.loads(Objects().format(caplog.records[0]))
    assert said["message"] == "the job nudge failed" and "request_id" not in said


@pytest.mark.parametrize("shape", [Lines(), Objects()], ids=["text", "json"])
def test_no_exception_says_its_words(shape: logging.Formatter, caplog: pytest.LogCaptureFixture) -> None:
    """A library that logs one with its traceback is shown by where it came from."""
    try:
        raise RuntimeError("words of Tom") from failed("and of Maya")
    except RuntimeError:
        logging.getLogger("pubsub.somewhere").exception("It broke")
    line = shape.format(caplog.records[0])
    assert "Tom" not in line and "Maya" not in line
    assert "It broke" in line and "RuntimeError" in line and "tests.test_logs.failed" in line


def test_a_served_process_writes_objects_from_its_first_line_on() -> None:
    """uvicorn's own lines too: here it starts, finds that somebody listens on its port already, and ends."""
    taken = socket.create_server(("127.0.0.1", 0))
    settings = {
        "MENTORSHIP_DATABASE_URL": "postgres://nobody:hunter2@127.0.0.1:1/none",
        "MENTORSHIP_REDIS_URL": "memory://",
        "MENTORSHIP_SECRET_KEY": "k" * 40,
        "MENTORSHIP_PORT": str(taken.getsockname()[1]),
        "MENTORSHIP_LOG_FORMAT": "json",
        "MENTORSHIP_JOBS": "false",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
    command = [sys.executable, "-m", "server.cli", "serve"]
    with taken:
        done = subprocess.run(command, cwd=CHECKOUT, env=kept | settings, capture_output=True, text=True, timeout=120)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert said and all({"time", "level", "logger", "message"} <= each.keys() for each in said)
    assert {each["logger"] for each in said} >= {"uvicorn.error"}
    assert "hunter2" not in done.stderr
