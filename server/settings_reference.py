"""The reference of the settings, docs/settings.md, made from their descriptions, types and defaults."""

from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from server.settings import Settings, variable

INTRODUCTION = """\
# Settings

Environment variables, read when a process starts. A wrong one is named, without its value, and nothing starts. An empty
variable counts as one that is not set. [Operations](operations.md) says which of them matter when. This page is made
from the code: `make docs` writes it anew.
"""

REQUIRED = ("database_url", "redis_url", "secret_key")

GROUPS = {
    "What it needs": REQUIRED,
    "Where it listens": ("host", "port", "workers", "trusted_proxies", "allowed_origins", "hsts_seconds"),
    "What it serves": ("app_folder", "graphiql", "introspection", "suggestions", "metrics", "log_level", "demo"),
    "Accounts": (
        "access_token_seconds",
        "refresh_token_days",
        "require_verified_email",
        "account_attempts_per_hour",
        "deletion_grace_days",
    ),
    "What is kept, and for how long": ("log_days", "report_days", "keep_closed_pairs_days"),
    "Safety": ("help_lines",),
    "What falls due": ("jobs", "job_interval_seconds"),
    "E-mail": (
        "smtp_host",
        "smtp_port",
        "smtp_tls",
        "smtp_username",
        "smtp_password",
        "smtp_timeout_seconds",
        "mail_from",
        "mail_unsubscribe",
        "mail_delay_seconds",
        "public_url",
        "app_url",
    ),
    "Connections": (
        "max_body_bytes",
        "request_timeout_seconds",
        "send_timeout_seconds",
        "keep_alive_seconds",
        "connection_init_timeout_seconds",
        "presence_seconds",
        "max_operations_per_socket",
        "max_sockets_per_user",
        "max_sockets_per_address",
    ),
    "How much one may ask and write": (
        "operations_per_second",
        "operations_burst",
        "writes_per_second",
        "writes_burst",
        "max_cost",
        "cost_per_second",
        "cost_burst",
    ),
    "How large a document may be": (
        "max_depth",
        "max_fields",
        "max_aliases",
        "max_directives",
        "max_root_fields",
        "max_fragments",
        "max_duplicates",
        "max_tokens",
    ),
}
"""Each setting stands in one group: a test says which does not."""

_SEPARATORS = {"help_lines": "; "}
_TYPES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "folder",
    SecretStr: "secret",
}


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([INTRODUCTION, *(_section(heading, names) for heading, names in GROUPS.items())])


def _section(heading: str, names: tuple[str, ...]) -> str:
    lines = [f"## {heading}", "", "| variable | what it sets | value | default |", "| --- | --- | --- | --- |"]
    for name in names:
        field = Settings.model_fields[name]
        what = (field.description or "").replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"| `{variable(name)}` | {what} | {_kind(field)} | {_default(name, field)} |")
    return "\n".join([*lines, ""])


def _kind(field: FieldInfo) -> str:
    """What a value looks like: its type and its bounds."""
    annotation: Any = field.annotation
    options = [each for each in get_args(annotation) if each is not NoneType]
    if get_origin(annotation) is Literal:
        return ", ".join(options[:-1]) + f" or {options[-1]}"
    if get_origin(annotation) is list:
        return "list"
    plain = options[0] if options else annotation
    return " ".join([_TYPES[plain], *_bounds(field)])


def _bounds(field: FieldInfo) -> list[str]:
    said = []
    for bound in field.metadata:
        match bound:
            case annotated_types.Ge(ge=least):
                said.append(f"from {_number(least)}")
            case annotated_types.Gt(gt=least):
                said.append(f"above {_number(least)}")
            case annotated_types.Le(le=most):
                said.append(f"to {_number(most)}")
    return said


def _default(name: str, field: FieldInfo) -> str:
    value = field.default
    if name in REQUIRED:
        return "none: required"
    if value is None or value == []:
        return "empty"
    if isinstance(value, list):
        return f"`{_SEPARATORS.get(name, ', ').join(value)}`"
    return f"`{str(value).lower() if isinstance(value, bool) else _number(value)}`"


def _number(value: Any) -> str:
    """A number without a fraction that says nothing; anything else as it is."""
    return f"{value:g}" if isinstance(value, float) and value < 1e6 else str(value)
