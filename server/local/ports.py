"""Loopback ports that are free."""

import errno
import socket
from collections.abc import Callable

from server.local.errors import PortTaken

LOOPBACK = "127.0.0.1"
# How often a port that was free a moment ago may turn out taken, by a neighbour who starts at the same time.
PORT_TRIES = 5


def on_some_port(wanted: int | None, listen: Callable[[int], None]) -> int:
    """Call `listen` with the wanted port, or with free ones until it no longer raises PortTaken; returns the port."""
    for attempt in range(PORT_TRIES):
        port = wanted or free_port()
        try:
            listen(port)
        except PortTaken:
            if wanted or attempt == PORT_TRIES - 1:
                raise
        else:
            return port
    raise AssertionError("the last try returns or raises")


def free_port() -> int:
    """A loopback port that was free a moment ago; whoever uses it must be ready to find it taken."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(host: str, port: int) -> bool:
    """Whether another server listens there. Raises OSError when listening there is impossible for another reason."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False
