"""The workloads, W1 to W5: each says what it sends to a server and what it looks at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.visit import Numbers, Visit
from benchmarks.workloads import idle, live, requests, storm


@dataclass(frozen=True)
class Workload:
    """What is done to a server in its turn. `once`: in one turn at the end, since it takes long and varies little."""

    title: str
    measure: Callable[[Visit], Awaitable[Numbers]]
    once: bool = False


WORKLOADS = {
    "W1": Workload("thread page", requests.thread_page),
    "W2": Workload("createPost", requests.create_post),
    "W3": Workload("live posts", live.measure),
    "W4": Workload("idle subscriptions", idle.measure, once=True),
    "W5": Workload("reconnect storm", storm.measure, once=True),
}
