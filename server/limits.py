"""The limits of the transports and of documents, as an operator has set them."""

from resolvers.rate_limits import RateLimit
from schema.allowance import Allowance, Bounds
from server.settings import Settings
from server.transports.limits import Limits


def limits_of(settings: Settings) -> Limits:
    """What a client may ask of the transports."""
    return Limits(
        max_body_bytes=settings.max_body_bytes,
        max_frame_bytes=settings.max_body_bytes,
        body_timeout=settings.request_timeout_seconds,
        request_timeout=settings.request_timeout_seconds,
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


def allowance_of(settings: Settings) -> Allowance:
    """What a document may hold, and one person or address may ask for; one a process, as it counts what was spent."""
    return Allowance(
        bounds=Bounds(
            depth=settings.max_depth,
            fields=settings.max_fields,
            aliases=settings.max_aliases,
            directives=settings.max_directives,
            root_fields=settings.max_root_fields,
            fragments=settings.max_fragments,
            duplicates=settings.max_duplicates,
            tokens=settings.max_tokens,
            cost=settings.max_cost,
        ),
        budget=RateLimit(settings.cost_per_second, settings.cost_burst),
        introspection=settings.introspection,
        suggestions=settings.suggestions,
    )
