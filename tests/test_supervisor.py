"""An operator stops the service in the middle of a rolling restart: it does not finish the restart first."""

import signal
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import uvicorn
from uvicorn.supervisors import multiprocess

from server.commands.supervisor import Supervisor


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """A supervisor takes the signals of its process; here they are given back."""
    before = {number: signal.getsignal(number) for number in multiprocess.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class NeverReady:
    """A new worker that lives and never becomes ready; while it is waited for, the operator stops the service."""

    pid = 1
    stopped_by = signal.SIGTERM
    process = SimpleNamespace(is_alive=lambda: True)
    wait_until_ready = multiprocess.Process.wait_until_ready

    def __init__(self, *_: object) -> None:
        self.ends: list[str] = []

    def start(self) -> None: ...

    def is_ready(self, timeout: float) -> bool:
        signal.raise_signal(self.stopped_by)
        return False

    def kill(self) -> None:
        self.ends.append("killed")

    def join(self) -> None:
        self.ends.append("joined")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_a_rolling_restart(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The new worker is not waited for to the end of its time, which would be told of as its failure."""
    monkeypatch.setattr(multiprocess, "Process", NeverReady)
    monkeypatch.setattr(NeverReady, "stopped_by", number)
    supervisor = Supervisor(uvicorn.Config("none", workers=2, log_config=None, timeout_worker_healthcheck=2), [])
    supervisor.init_processes()
    serving = list(supervisor.processes)
    signal.raise_signal(signal.SIGHUP)
    supervisor.handle_signals()
    assert "was not ready in time" not in caplog.text
    assert supervisor.processes == serving and not any(worker.ends for worker in serving), "all are stopped together"
    supervisor.handle_signals()
    assert supervisor.should_exit.wait(0), "and the supervisor's own loop is over"
