"""How much a client may ask of the transports, and whom they believe about where a client is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are seconds, sizes are bytes. What is counted is counted a process.

    `request_timeout` is how long a query or mutation may take, and a subscription to open.
    `operations_per_second` is the pace at which one may start operations on sockets and streams after the first
    `operations_burst`. `trusted_proxies` are addresses and networks whose X-Forwarded-For names the client.
    """

    max_body_bytes: int = 1_000_000
    max_frame_bytes: int = 1_000_000
    body_timeout: float = 30.0
    request_timeout: float = 30.0
    send_timeout: float = 15.0
    connection_init_timeout: float = 10.0
    keep_alive: float = 15.0
    max_operations_per_socket: int = 50
    max_sockets_per_user: int = 20
    max_sockets_per_address: int = 200
    operations_per_second: float = 20.0
    operations_burst: int = 100
    trusted_proxies: tuple[str, ...] = ()
