"""The transports' limits, as an operator has set them."""

from server.settings import Settings
from server.transports.limits import Limits


def limits_of(settings: Settings) -> Limits:
    """What a client may ask of the transports."""
    return Limits(
        max_body_bytes=settings.max_body_bytes,
        max_frame_bytes=settings.max_body_bytes,
        send_timeout=settings.send_timeout_seconds,
        keep_alive=settings.keep_alive_seconds,
        connection_init_timeout=settings.connection_init_timeout_seconds,
        max_operations_per_socket=settings.max_operations_per_socket,
        max_sockets_per_user=settings.max_sockets_per_user,
        max_sockets_per_address=settings.max_sockets_per_address,
        operations_per_second=settings.operations_per_second,
        operations_burst=settings.operations_burst,
        trusted_proxies=tuple(settings.trusted_proxies),
    )
