"""Markdown to safe HTML: CommonMark by markdown-it-py, sanitised by nh3."""

import nh3
from markdown_it import MarkdownIt

from schema.scalars import HTML

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def to_html(body: str | None) -> HTML | None:
    """The body as HTML without scripts, styles, images or embedded pages; None for a tombstone."""
    if body is None:
        return None
    return HTML(
        nh3.clean(
            _MARKDOWN.render(body),
            tags=_TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )
