"""The transports' limits, as an operator has set them."""

from server.settings import Settings
from server.transports.gateway import Limits


def limits_of(settings: Settings) -> Limits:
    """What a client may ask of the transports."""
    return Limits(
        max_body_bytes=settings.max_body_bytes,
        max_frame_bytes=settings.max_body_bytes,
        send_timeout=settings.send_timeout_seconds,
        connection_init_timeout=settings.connection_init_timeout_seconds,
        max_operations_per_socket=settings.max_operations_per_socket,
    )
