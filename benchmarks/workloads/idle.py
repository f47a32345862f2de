"""W4: the memory of an idle subscription, and whether many of them slow down what W3 looks at."""

import asyncio

from benchmarks.load.sockets import Follower, Sockets
from benchmarks.visit import Numbers, Visit
from benchmarks.workloads.live import Live

OPEN_SECONDS = 180.0
REST_SECONDS = 2.0


async def measure(visit: Visit) -> Numbers:
    """Posts at W3's lowest rate with no idle subscriptions, and with more and more; what one of them holds."""
    live = Live(visit)
    rate, steps = visit.rates[0], []
    with Sockets(visit.server.port, lambda socket, frame: None) as idle:
        try:
            await live.open()
            await live.at(rate, visit.warm_up)
            steps.append({"sockets": 0, **await live.at(rate, visit.seconds)})
            before = await _memory(visit)
            for count in visit.idle:
                await idle.open(_followers(visit, len(idle.all), count), OPEN_SECONDS)
                if not await idle.until(lambda: all(each.count for each in idle.all), OPEN_SECONDS):
                    raise TimeoutError("Not every subscription began.")
                each = (await _memory(visit) - before) / count
                steps.append({"sockets": count, "bytes_each": each, **await live.at(rate, visit.seconds)})
        finally:
            live.close()
    return {
        "bytes_each": steps[-1]["bytes_each"],
        "p99_alone_ms": steps[0]["p99_ms"],
        "p99_ms": steps[-1]["p99_ms"],
        "steps": steps,
    }


def _followers(visit: Visit, start: int, end: int) -> list[Follower]:
    """Followers of pairs that nobody writes to, each of which hears one event first: then it is listening."""
    members = [(pair, member) for pair in visit.pairs[visit.live_pairs :] for member in pair.members]
    chosen = (members[number % len(members)] for number in range(start, end))
    return [Follower(pair, member, pair.cursor(pair.head - 1)) for pair, member in chosen]


async def _memory(visit: Visit) -> int:
    """What the server holds once it has come to rest."""
    rest = REST_SECONDS if visit.seconds > 1 else 0.1
    await asyncio.sleep(rest)
    visit.server.collect_garbage()
    await asyncio.sleep(rest)
    return visit.server.memory()
