"""A run: servers and data set are prepared, every contestant has its turns, and what was seen is written down."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.community import Pair, pairs
from benchmarks.contestants import PEERS, node
from benchmarks.cores import Cores
from benchmarks.databases import Servers, servers
from benchmarks.load.http import WrongAnswer
from benchmarks.load.sockets import SocketFailed
from benchmarks.machine import machine
from benchmarks.options import Options
from benchmarks.processes import LOGS, NotServing, Running, allow_many_sockets
from benchmarks.results import Results, Sample
from benchmarks.schedule import Turn, turns
from benchmarks.visit import Visit
from benchmarks.workloads import WORKLOADS

FOUND = Path(__file__).resolve().parent / "results"
TURN_FAILS = (WrongAnswer, SocketFailed, NotServing, TimeoutError, ConnectionError)


def run(options: Options) -> tuple[Results, Path]:
    """Do it all; the results and the file that they are in, which is written after each turn."""
    begun = time.monotonic()
    shutil.rmtree(LOGS, ignore_errors=True)
    allow_many_sockets()
    cores = Cores.for_workers(1)
    node()  # installs the packages of npm, which is no part of anybody's turn
    with servers(cores) as local:
        found = Results(
            when=datetime.now(UTC).isoformat(timespec="minutes"),
            machine=machine(local, PEERS / "node_modules"),
            options=asdict(options),
        )
        path = FOUND / f"{found.when[:16].replace(':', '')}.json"
        _say(begun, "The data set: made once a week, and kept")
        template = asyncio.run(local.template(options.size))
        everybody = list(pairs(options.size, datetime.now(UTC)))
        schedule = list(turns(options))
        for place, turn in enumerate(schedule, 1):
            workers = "" if turn.workers == 1 else f", {turn.workers} workers"
            _say(begun, f"Turn {place} of {len(schedule)}: {turn.contestant.title}{workers}")
            found.samples += uvloop.run(_turn(turn, options, local, template, everybody, begun))
            found.save(path)
    _say(begun, f"Done; {path}")
    return found, path


async def _turn(
    turn: Turn, options: Options, local: Servers, template: str, everybody: Sequence[Pair], begun: float
) -> list[Sample]:
    """One after the other, all workloads of a turn. One that fails is noted, and the others go on."""
    samples = []
    async with local.fresh(template) as url:
        cores = Cores.for_workers(turn.workers)
        cores.pin_to_load()
        try:
            with turn.contestant.serving(url, local.redis_url, cores, turn.workers) as server:
                for name in turn.workloads:
                    sample = await _sample(turn, name, _visit(options, server, url, everybody))
                    _say(begun, f"  {name} {WORKLOADS[name].title}: {_in_short(sample)}")
                    samples.append(sample)
        except NotServing as error:
            _say(begun, f"  {error}")
            samples += [_failed(turn, name, error) for name in turn.workloads]
    return samples


def _visit(options: Options, server: Running, url: str, everybody: Sequence[Pair]) -> Visit:
    return Visit(
        server,
        url,
        everybody,
        live_pairs=options.live_pairs,
        seconds=options.seconds,
        warm_up=options.warm_up,
        rates=options.rates,
        idle=options.idle,
        storm=options.storm,
    )


async def _sample(turn: Turn, name: str, visit: Visit) -> Sample:
    try:
        numbers = await WORKLOADS[name].measure(visit)
    except TURN_FAILS as error:
        return _failed(turn, name, error)
    return Sample(turn.contestant.name, name, turn.workers, turn.round, numbers)


def _failed(turn: Turn, name: str, error: Exception) -> Sample:
    told = f"{type(error).__name__}: {error}"[:1000]
    return Sample(turn.contestant.name, name, turn.workers, turn.round, error=told)


def _in_short(sample: Sample) -> str:
    if sample.error is not None:
        return sample.error
    shown = [f"{name} {value:,.4g}" for name, value in sample.numbers.items() if isinstance(value, float | int)]
    return ", ".join(shown)


def _say(begun: float, what: str) -> None:
    """Progress, with the minutes and seconds since the beginning."""
    minutes, seconds = divmod(int(time.monotonic() - begun), 60)
    print(f"{minutes:02}:{seconds:02}  {what}", flush=True)
