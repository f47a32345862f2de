"""What an operator may set about how much one may send, ask and write; a part of server/settings.py."""

from pydantic import Field
from pydantic_settings import BaseSettings


class LimitSettings(BaseSettings):
    """Bounds of bodies, sockets, documents and budgets."""

    max_body_bytes: int = Field(
        1_000_000,
        ge=1_000,
        le=100_000_000,
        description="The largest request body, and the largest message on a socket.",
    )
    send_timeout_seconds: float = Field(
        15.0, gt=0, le=300, description="A subscriber who does not take what is sent for this long is dropped."
    )
    keep_alive_seconds: float = Field(
        15.0,
        gt=0,
        le=300,
        description="How often a quiet connection is asked for, or given, a sign of life; shorter than the time after "
        "which a proxy in front drops it. A socket that does not answer in the same time is dropped.",
    )
    connection_init_timeout_seconds: float = Field(
        10.0, gt=0, le=300, description="How long a new socket may take to introduce itself."
    )
    max_operations_per_socket: int = Field(50, ge=1, le=10_000, description="Operations open at once on one socket.")
    max_sockets_per_user: int = Field(
        20, ge=1, le=100_000, description="Sockets and event streams that one account may have open on one worker."
    )
    max_sockets_per_address: int = Field(
        200,
        ge=1,
        le=1_000_000,
        description="Sockets and event streams open from one address (for IPv6: one /64) on one worker.",
    )
    operations_per_second: float = Field(
        20.0,
        gt=0,
        le=100_000,
        description="Operations that one account, or one address that nobody is signed in from, may start a second on "
        "the sockets and streams of one worker, after the first burst.",
    )
    operations_burst: int = Field(
        100, ge=1, le=1_000_000, description="Operations that may be started at once, as when a client comes back."
    )
    writes_per_second: float = Field(
        5.0,
        gt=0,
        le=100_000,
        description="Posts, comments, messages and changes of them that one account may send a second on one worker, "
        "after the first burst.",
    )
    writes_burst: int = Field(
        100, ge=1, le=1_000_000, description="How many of them at once, as when a client sends what it wrote offline."
    )
    introspection: bool = Field(True, description="Whether clients may ask for the schema itself. GraphiQL needs it.")
    suggestions: bool = Field(
        True, description="Whether the message about a name that does not exist suggests names that do."
    )
    max_depth: int = Field(20, ge=5, le=100, description="How deep the fields of a document may be nested.")
    max_fields: int = Field(
        5_000, ge=100, le=100_000, description="Fields of an operation, its fragments in the places where they stand."
    )
    max_aliases: int = Field(100, ge=0, le=10_000, description="Fields under an alias in an operation.")
    max_directives: int = Field(100, ge=0, le=10_000, description="Directives in an operation.")
    max_root_fields: int = Field(30, ge=1, le=1_000, description="Root fields of an operation.")
    max_fragments: int = Field(100, ge=0, le=1_000, description="Fragments that a document defines.")
    max_duplicates: int = Field(
        30, ge=1, le=1_000, description="How often one place of a document may ask for the same field."
    )
    max_tokens: int = Field(10_000, ge=1_000, le=100_000, description="Names, numbers and signs in a document.")
    max_cost: int = Field(
        500_000,
        ge=100,
        le=10_000_000,
        description="What one operation may cost: about one point an object, see docs/operations.md.",
    )
    cost_per_second: float = Field(
        50_000.0,
        gt=0,
        le=10_000_000,
        description="Points that one account, or one address that nobody is signed in from, may spend a second on one "
        "worker.",
    )
    cost_burst: int = Field(
        5_000_000,
        ge=100,
        le=1_000_000_000,
        description="How many of them at once; no less than one operation may.",
    )
    request_timeout_seconds: float = Field(
        30.0, gt=0, le=600, description="How long a request may take to arrive, and again to be answered."
    )
