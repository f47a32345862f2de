"""The servers that are compared: how each is started on a database and a Redis."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from benchmarks.community import SECRET_KEY
from benchmarks.cores import Cores
from benchmarks.processes import CHECKOUT, Running, python, running
from server.local.ports import free_port
from server.npm.lock import locked
from server.npm.project import NpmProject

PEERS = CHECKOUT / "benchmarks" / "peers"

LIMITS = {
    # All the load comes from one address, and a few hundred people write what thousands would.
    "MENTORSHIP_MAX_SOCKETS_PER_ADDRESS": "20000",
    "MENTORSHIP_MAX_SOCKETS_PER_USER": "200",
    "MENTORSHIP_OPERATIONS_PER_SECOND": "1000",
    "MENTORSHIP_WRITES_PER_SECOND": "1000",
    "MENTORSHIP_COST_PER_SECOND": "10000000",
    "MENTORSHIP_WRITES_BURST": "100000",
    "MENTORSHIP_LOG_LEVEL": "warning",
    # A thousand pairs' check-ins and nudges would fall due when it starts; the others have nothing of the kind.
    "MENTORSHIP_JOBS": "false",
}
"""What this server is told beyond its defaults: how much one client may ask of it, and to let the clock rest."""


@dataclass(frozen=True)
class Contestant:
    """A server: the name under which it is chosen, the one under which it is shown, and its command."""

    name: str
    title: str
    command: Callable[[int], list[str]]
    extra: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    on_node: bool = False
    workloads: frozenset[str] | None = None
    """The workloads in which it takes part; None: in all."""
    floor: bool = False
    """Whether it is no server to compare with but a part of one, which says how far one could get."""

    def takes_part_in(self, workload: str) -> bool:
        """Whether it has a turn under this workload."""
        return self.workloads is None or workload in self.workloads

    @contextmanager
    def serving(self, database_url: str, redis_url: str, cores: Cores, workers: int = 1) -> Iterator[Running]:
        """The server, running for the length of a `with` block on a free port."""
        port = free_port()
        prefix = "MENTORSHIP" if self.ours else "PEER"
        environment = {
            f"{prefix}_DATABASE_URL": database_url,
            f"{prefix}_REDIS_URL": redis_url,
            f"{prefix}_SECRET_KEY": SECRET_KEY,
            f"{prefix}_PORT": str(port),
            f"{prefix}_WORKERS": str(workers),
            **({} if self.ours else {"PEER_NAME": self.name}),
            **({"NODE_ENV": "production"} if self.on_node else {}),
            **self.extra,
        }
        with running(self.name, self.command(workers), environment, port, cores.server_pinner()) as server:
            yield server


@cache
def node() -> str:
    """The Node that the peers run on, once their packages are there."""
    project = NpmProject(PEERS)
    node = project.node()
    with locked(PEERS):
        project.install(node)
    return str(node.node)


def _node(script: str) -> Callable[[int], list[str]]:
    return lambda workers: [node(), "--expose-gc", str(PEERS / "node" / script)]


def _python(module: str) -> Callable[[int], list[str]]:
    return lambda workers: python("-m", module)


def _floor(name: str, title: str, module: str, *arguments: str, workloads: set[str]) -> Contestant:
    command = python("-m", f"benchmarks.floors.{module}", *arguments)
    return Contestant(name, title, lambda workers: command, workloads=frozenset(workloads), floor=True)


CONTESTANTS = {
    each.name: each
    for each in (
        Contestant("mentorship", "this server", lambda workers: python("-m", "server.cli", "serve"), LIMITS, ours=True),
        Contestant("strawberry", "the same schema, plain Strawberry", _python("benchmarks.peers.plain_strawberry")),
        Contestant("mercurius", "Mercurius, JIT, DataLoaders", _node("mercurius.mjs"), on_node=True),
        Contestant(
            "mercurius-statement",
            "Mercurius, createPost as one statement",
            _node("mercurius.mjs"),
            {"PEER_WRITES": "statement"},
            on_node=True,
            workloads=frozenset({"W2"}),
        ),
        Contestant("yoga", "GraphQL Yoga, DataLoaders", _node("yoga.mjs"), on_node=True),
        Contestant("ariadne", "Ariadne, DataLoaders", _python("benchmarks.peers.with_ariadne.serve")),
        _floor("sql", "floor: this server's statements, no GraphQL", "answers", "sql", workloads={"W1", "W2"}),
        _floor("bare", "floor: the same bytes, bare ASGI", "answers", "bare", workloads={"W1", "W2"}),
        _floor("relay", "floor: Redis to the sockets", "relay", workloads={"W3"}),
    )
}
