"""Markdown as HTML: what it shows, what it never carries into a page, and what it costs."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from schema.markdown import _rendered, to_html
from tests.browser import Chromium, install
from tests.community import Community
from tests.documents import CREATE_POST
from tests.xss_corpus import CORPUS

TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}}
LEADS_OUT = re.compile(r"(https?://|mailto:)[^\s<>\"`]*", re.IGNORECASE)
LONGEST = 10_000


def html(body: str) -> str:
    rendered = to_html(body)
    assert rendered is not None
    return rendered


def nodes(fragment: str) -> Iterator[LexborNode]:
    """All nodes that a browser's parser makes of a fragment, by a parser that has no part in rendering it."""
    root = LexborHTMLParser(f"<div>{fragment}</div>").css_first("body > div")
    assert root is not None and root.next is None, "it closed the element that it was put into"
    nodes = root.traverse(include_text=True)
    next(nodes)
    return nodes


def check(fragment: str) -> None:
    """Raises AssertionError at the first thing that is not plainly harmless."""
    for node in nodes(fragment):
        if node.tag == "-text":
            continue
        assert node.tag in TAGS, node.html
        assert set(node.attributes) <= ATTRIBUTES.get(node.tag, set()), node.html
        if node.tag == "a" and "href" in node.attributes:
            assert LEADS_OUT.fullmatch(str(node.attributes["href"])), node.html
            assert node.attributes.get("rel") == "noopener noreferrer nofollow", node.html
        if "start" in node.attributes:
            assert str(node.attributes["start"]).isdigit(), node.html


def test_the_corpus_is_large_and_holds_nothing_twice() -> None:
    assert len(CORPUS) > 250
    assert len(set(CORPUS)) == len(CORPUS)
    assert max(map(len, CORPUS)) <= LONGEST


@pytest.mark.parametrize("body", CORPUS)
def test_no_text_carries_anything_but_text_and_links_into_a_page(body: str) -> None:
    for written in (body, f"before {body} after", f"> - {body}\n\n1. {body}", f"**{body}**", f"x\n\n{body}\n\nx"):
        fragment = html(written)
        check(fragment)
        again = "".join(node.html or "" for node in LexborHTMLParser(fragment).css("body > *"))
        check(again)  # a page that writes out what it has read, and reads that, has not got more either


def test_the_check_itself_would_notice() -> None:
    for fragment in (
        "<script>x</script>",
        "<p onclick=x>x</p>",
        "<p><!-- x --></p>",
        '<a href="javascript:x" rel="noopener noreferrer nofollow">x</a>',
        '<a href="java\tscript:x" rel="noopener noreferrer nofollow">x</a>',
        '<a href="https://a.example">x</a>',
        "</div><p>x</p>",
        "<svg></svg>",
    ):
        with pytest.raises(AssertionError):
            check(fragment)


def test_ordinary_markdown_is_shown_and_links_lead_out() -> None:
    assert html("# A\n\n*b* **c** ~~d~~ `e`\nf") == (
        "<h1>A</h1>\n<p><em>b</em> <strong>c</strong> <s>d</s> <code>e</code><br>\nf</p>\n"
    )
    rel = 'rel="noopener noreferrer nofollow"'
    for url in ("https://a.example/x?y=1", "http://a.example", "mailto:maya@a.example"):
        assert html(f"[x]({url})") == f'<p><a href="{url}" {rel}>x</a></p>\n'
    assert html("![A picture](https://a.example/x.png)") == (
        f'<p>!<a href="https://a.example/x.png" {rel}>A picture</a></p>\n'
    ), "nobody's picture loads by itself, and its words are not lost"
    assert html("[x](/log-out) [y](tel:123)") == "<p>[x](/log-out) [y](tel:123)</p>\n", "other links stay as typed"


async def test_a_body_is_kept_as_it_was_written_and_only_its_html_is_cleaned(community: Community) -> None:
    pair = await community.pair()
    storable = [body for body in CORPUS if "\x00" not in body]
    chunks = ["\n\n".join(storable[start : start + 60]) for start in range(0, len(storable), 60)]
    for body in [*storable[:5], *chunks]:
        given = {"matchId": pair.id, "body": body}
        post = (await pair.mentor.do(CREATE_POST, input=given))["post"]
        assert (post["body"], post["bodyHtml"]) == (body, to_html(body))


@pytest.fixture(scope="module")
def chromium() -> Chromium:
    """A browser, installed into this checkout at its first use."""
    return install()


def test_in_a_real_browser_no_script_runs_and_nothing_is_loaded(chromium: Chromium, tmp_path: Path) -> None:
    """All of the corpus in one page, as its HTML and written into it by a script, and everything in it is touched."""
    fragments = tmp_path / "fragments.json"
    fragments.write_text(json.dumps([html(body) for body in CORPUS]))
    told = chromium.drive("fragments.mjs", 100, FRAGMENTS=str(fragments))
    assert told["ranInTheControl"] > 0, "the page would have noticed"
    assert (told["ran"], told["requested"], told["errors"]) == (0, [], [])
    assert set(told["tags"]) <= {tag.upper() for tag in TAGS}
    assert set(told["protocols"]) == {"https:", "mailto:"}
    assert told["elements"] > len(CORPUS)


def _calls(body: str) -> int:
    """How many calls rendering takes: what it costs, whatever else the machine is doing."""
    count = 0

    def profile(_: FrameType, __: str, ___: Any) -> None:
        nonlocal count
        count += 1

    sys.setprofile(profile)
    try:
        _rendered.__wrapped__(body)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "pattern",
    ["[", "![", "[a](", "[a]: b\n", "]", "> ", "> - ", "- ", "1. ", "`", "`a``b", "*", "*a ", "*a", "_a *b ", "**a*b",
     "~~a ", "<", "<a:", "<a href='", "<!--", "<![CDATA[", "<?", "&#x", "&amp", "\\", "#", "a\n", "a\n=\n", "---\n",
     "```\n", "\t", "|a", "[a](<", "[a](b '", "[x](http://a '\n", "\u0300", "\ufffd"],
)  # fmt: skip
def test_twice_the_text_costs_twice_as_much_and_not_more(pattern: str) -> None:
    half, whole = ((pattern * LONGEST)[:length] for length in (LONGEST // 2, LONGEST))
    assert _calls(whole) <= 2.2 * _calls(half) + 1_000
    assert len(html(whole)) <= 5 * LONGEST


@pytest.mark.parametrize("mark", ["> ", "- ", " - ", "`", "*", "1. > "])
def test_nested_as_deep_as_it_goes_it_stays_small(mark: str) -> None:
    body = "\n".join(mark * depth + "a" for depth in range(140))[:LONGEST]
    assert _calls(body) < 500_000
    assert len(html(body)) <= 5 * LONGEST


def test_a_text_is_rendered_only_once() -> None:
    assert to_html("**again**") is to_html("**again**")
    assert to_html(None) is None
