"""What an operator may set about what the service tells of itself: metrics and logs. Traces have OTEL_ variables."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


class WatchSettings(BaseSettings):
    """Metrics and logs."""

    metrics: bool = Field(
        True, description="Whether /metrics answers Prometheus. A proxy should keep it from the outside."
    )
    operation_names: Annotated[list[str], NoDecode] = Field(
        [],
        description="The names of your apps' operations, separated by commas: metrics, logs and traces name these and "
        "call others “other”. Empty: they name what five people have used.",
    )
    log_level: Literal["critical", "error", "warning", "info", "debug"] = Field(
        "info", description="The least severe message to log. No level writes out what people said."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="How a message is logged: text is for people; json, an object a line, for machines."
    )

    @field_validator("operation_names", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("operation_names")
    @classmethod
    def _are_names(cls, value: list[str]) -> list[str]:
        if not all(_NAME.fullmatch(name) for name in value):
            raise ValueError("a name has letters, digits and underscores, such as MyMatches")
        return value
