"""Markdown to safe HTML: CommonMark by markdown-it-py, sanitised by nh3."""

import functools
import re

import nh3
from markdown_it import MarkdownIt

from models.posts import Writing
from schema.scalars import HTML

_LINK = re.compile("https?://|mailto:", re.IGNORECASE)


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        # Another link stays as it was typed. One without a scheme would lead into the page that shows it, such as to
        # /log-out.
        return _LINK.match(url) is not None


# Without tables: a body of 10,000 characters could ask for one of a million cells. A picture becomes a link to it.
_MARKDOWN = _Markdown("commonmark", {"html": False, "linkify": False, "breaks": True})
_MARKDOWN.enable("strikethrough").disable("image")

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "ul",
}  # fmt: skip


def to_html(body: str | None) -> HTML | None:
    """The body as HTML without scripts, styles, images or embedded pages; None for a tombstone."""
    return None if body is None else _rendered(body)


def html_of(row: Writing) -> HTML | None:
    """The body of a post or comment as HTML: what `bodyHtml` shows."""
    return to_html(row.body)


@functools.lru_cache(maxsize=1024)
def _rendered(body: str) -> HTML:
    """Kept, since a text is read far more often than it changes, and the worst takes a tenth of a second."""
    return HTML(
        nh3.clean(
            _MARKDOWN.render(body),
            tags=_TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            url_relative="deny",
            link_rel="noopener noreferrer nofollow",
        )
    )
