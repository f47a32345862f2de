"""W5: a reconnect storm. Thousands of sockets connect at once with tokens they have, and catch up three events each."""

import time

from benchmarks.load.closed_loop import percentile
from benchmarks.load.sockets import Follower, Socket, Sockets
from benchmarks.visit import Numbers, Visit

MISSED = 3
WARM_UP = 200
STORM_SECONDS = 180.0


async def measure(visit: Visit) -> Numbers:
    """How long it takes until everybody has caught up, and how long each one waits."""
    await _storm(visit, min(WARM_UP, visit.storm))
    return await _storm(visit, visit.storm)


async def _storm(visit: Visit, count: int) -> Numbers:
    members = [(pair, member) for pair in visit.pairs for member in pair.members]
    followers = []
    for number in range(count):
        pair, member = members[number % len(members)]
        followers.append(Follower(pair, member, pair.cursor(pair.head - MISSED)))
    waited: list[float] = []
    begun, cpu = time.perf_counter(), visit.server.cpu_seconds()

    def heard(socket: Socket, frame: bytes) -> None:
        if socket.count == MISSED:
            waited.append(time.perf_counter() - begun)

    with Sockets(visit.server.port, heard) as sockets:
        await sockets.open(followers, STORM_SECONDS)
        if not await sockets.until(lambda: len(waited) == count, STORM_SECONDS):
            raise TimeoutError(f"{count - len(waited)} of {count} had not caught up after {STORM_SECONDS:.0f} seconds.")
    return {
        "seconds": waited[-1],
        "p50_seconds": percentile(sorted(waited), 50),
        "rate": count / waited[-1],
        "cpu_seconds": visit.server.cpu_seconds() - cpu,
    }
