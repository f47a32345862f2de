"""The API's own scalars, and how a Markdown body becomes safe HTML."""

from typing import NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

Markdown = NewType("Markdown", str)
HTML = NewType("HTML", str)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Markdown is a string.")
    return value


_text.keeps_str = True  # type: ignore[attr-defined]  # compiled plans need not ask for what is a str already


CONFIG = StrawberryConfig(
    auto_camel_case=True,
    scalar_map={
        Markdown: strawberry.scalar(
            name="Markdown",
            description="A text in Markdown (CommonMark), as its author wrote it.",
            serialize=_text,
            parse_value=_text,
        ),
        HTML: strawberry.scalar(
            name="HTML",
            description="HTML rendered from Markdown and sanitised: safe to put into a page.",
            serialize=_text,
            parse_value=_text,
        ),
    },
)
