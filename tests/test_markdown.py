"""Markdown as HTML: what it shows, what it never carries into a page, and what it costs."""

import re
from time import perf_counter

from schema.markdown import to_html
from tests.community import Community
from tests.documents import CREATE_POST


async def test_a_text_made_to_be_slow_is_shown_in_time_and_only_rendered_once() -> None:
    """Ten thousand characters of brackets, or of a table's cells."""
    for body in ("![" * 5_000, "[" * 10_000, "|a" * 800 + "\n" + "|-" * 800 + "\n" + "a\n" * 3_000):
        began = perf_counter()
        html = str(to_html(body[:10_000]))
        assert len(html) < 200_000
        assert perf_counter() - began < 3, "a twentieth of that on an idle machine"
        assert to_html(body[:10_000]) is to_html(body[:10_000])


async def test_what_a_body_cannot_carry_into_a_page(community: Community) -> None:
    pair = await community.pair()
    for body in (
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '[x](https://a.example "" onmouseover=alert(1) "")',
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ):
        html = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body}))["post"]["bodyHtml"]
        for tag in ("<script", "<img", "<svg", "<a href='", 'href="javascript', 'href="data'):
            assert tag not in html.lower(), html
        assert not re.search(r"<[^>]*\son\w+=", html.replace("&quot;", "")), html
