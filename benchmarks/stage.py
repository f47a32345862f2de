"""Where turns are taken: PostgreSQL, Redis and the data set are ready; a server is started, measured and stopped."""

import asyncio
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.community import Pair, pairs
from benchmarks.contestants import node
from benchmarks.cores import Cores
from benchmarks.databases import Servers, servers
from benchmarks.load.http import WrongAnswer
from benchmarks.load.sockets import SocketFailed
from benchmarks.options import Options
from benchmarks.processes import LOGS, NotServing, Running, allow_many_sockets
from benchmarks.results import Sample
from benchmarks.schedule import Turn
from benchmarks.visit import Visit
from benchmarks.workloads import WORKLOADS

WORKLOAD_FAILS = (WrongAnswer, SocketFailed, TimeoutError, ConnectionError)


@dataclass(frozen=True)
class Stage:
    """What all turns of a run have in common."""

    options: Options
    servers: Servers
    template: str
    pairs: Sequence[Pair]
    begun: float

    async def turn(self, turn: Turn) -> list[Sample]:
        """One after the other, all workloads of a turn. One that fails is noted, and the others go on."""
        samples = []
        async with self.servers.fresh(self.template) as url:
            cores = Cores.for_workers(turn.workers)
            cores.pin_to_load(*self.servers.pids)
            try:
                with turn.contestant.serving(url, self.servers.redis_url, cores, turn.workers) as server:
                    for name in turn.workloads:
                        sample = await self._sample(turn, name, self._visit(server, url))
                        say(self.begun, f"  {name} {WORKLOADS[name].title}: {_in_short(sample)}")
                        samples.append(sample)
            except NotServing as error:
                say(self.begun, f"  {error}")
                samples = [_failed(turn, name, error) for name in turn.workloads]
        return samples

    async def _sample(self, turn: Turn, name: str, visit: Visit) -> Sample:
        try:
            numbers = await WORKLOADS[name].measure(visit)
        except WORKLOAD_FAILS as error:
            return _failed(turn, name, error)
        return Sample(turn.contestant.name, name, turn.workers, turn.round, numbers)

    def _visit(self, server: Running, url: str) -> Visit:
        options = self.options
        return Visit(
            server,
            url,
            self.pairs,
            live_pairs=options.live_pairs,
            seconds=options.seconds,
            warm_up=options.warm_up,
            rates=options.rates,
            idle=options.idle,
            storm=options.storm,
        )


@contextmanager
def prepared(options: Options) -> Iterator[Stage]:
    """The stage for a run with these options; what was started is stopped in the end."""
    begun = time.monotonic()
    shutil.rmtree(LOGS, ignore_errors=True)
    allow_many_sockets()
    say(begun, "Preparing: packages of npm once, the data set once a week")
    node()
    with servers() as local:
        template = asyncio.run(local.template(options.size))
        yield Stage(options, local, template, list(pairs(options.size, datetime.now(UTC))), begun)


def say(begun: float, what: str) -> None:
    """Progress, with the minutes and seconds since the beginning."""
    minutes, seconds = divmod(int(time.monotonic() - begun), 60)
    print(f"{minutes:02}:{seconds:02}  {what}", flush=True)


def _failed(turn: Turn, name: str, error: Exception) -> Sample:
    told = f"{type(error).__name__}: {error}"[:1000]
    return Sample(turn.contestant.name, name, turn.workers, turn.round, error=told)


def _in_short(sample: Sample) -> str:
    if sample.error is not None:
        return sample.error
    shown = [f"{name} {value:,.4g}" for name, value in sample.numbers.items() if isinstance(value, float | int)]
    return ", ".join(shown)
