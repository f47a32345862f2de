"""A single-page app at /: a browser gets it wherever the API has nothing of its own, and it loads nothing foreign."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from models.enums import AccountLetterKind
from resolvers.emails import LetterAboutAccount
from server.app import create_app
from server.demo.offered import NO_PEOPLE
from server.mail.account_letters import WORDINGS, compose_about_account
from server.mail.letters import Stationery
from server.mail.links import Links
from server.settings import Settings
from tests.servers import SECRET_KEY, Served, served_here, settings_for

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
SCRIPT = {"accept": "*/*"}
PAGE = "<!doctype html><title>An app</title><script type=module src=/assets/index-a1.js></script>"
OF_THE_API = {
    "/healthz": 200,
    "/readyz": 200,
    "/metrics": 200,
    "/unsubscribe?token=x": 404,
    "/data-export?token=x": 404,
    "/graphql/": 307,
    "/graphql/assets/absent.js": 404,
    "/graphql?query={__typename}": 200,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build leaves, with a secret beside it."""
    parent = tmp_path_factory.mktemp("built")
    built = parent / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text(PAGE)
    (built / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (built / "assets" / "index-a1.js").write_text("export {}")
    (built / "assets" / "index-a1.css").write_text("p {}")
    (parent / "secret").write_text("secret")
    (built / ".env").write_text("secret")
    (built / ".git").mkdir()
    (built / ".git" / "config").write_text("secret")
    (built / "link").symlink_to(parent / "secret")
    return built


@pytest.fixture(scope="module")
async def with_app(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Served]:
    """The API with an app beside it."""
    async with served_here(settings_for(database_url, redis_url, app_folder=folder)) as running:
        yield running


@pytest.fixture
async def browser(with_app: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=with_app.url) as client:
        yield client


def not_running(**settings: object) -> httpx.AsyncClient:
    """Asks an application for pages only: nothing that it would open at its start is open."""
    app = create_app(settings_for("postgres://localhost/none", "memory://", **settings))
    return httpx.AsyncClient(base_url="http://test", transport=httpx.ASGITransport(app))


async def test_a_newcomer_opens_the_address_and_finds_the_app(browser: httpx.AsyncClient) -> None:
    """The page is asked for anew each time; what it is made of is kept for good, since its names change with it."""
    page = await browser.get("/", headers=BROWSER)
    assert (page.status_code, page.text) == (200, PAGE)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"

    kinds = {}
    for asset in ("index-a1.js", "index-a1.css"):
        found = await browser.get(f"/assets/{asset}", headers=SCRIPT)
        kinds[asset] = found.headers["content-type"].split(";")[0]
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kinds == {"index-a1.js": "text/javascript", "index-a1.css": "text/css"}
    icon = await browser.get("/icon.svg", headers=SCRIPT)
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")


async def test_the_demo_is_offered_where_the_server_serves_it(folder: Path, tmp_path: Path) -> None:
    """At every address that leads to the page, and whatever a browser has kept; elsewhere nobody is named."""
    (tmp_path / "index.html").write_text(PAGE + NO_PEOPLE)
    (tmp_path / "assets").mkdir()
    async with not_running(app_folder=tmp_path) as client:
        nobody = await client.get("/", headers=BROWSER)
    assert nobody.text == PAGE + NO_PEOPLE

    async with not_running(app_folder=tmp_path, demo=True) as client:
        kept = BROWSER | {"if-none-match": nobody.headers["etag"]}
        pages = [await client.get(path, headers=kept) for path in ("/", "/index.html", "/pairs/x")]
    for page in pages:
        people = json.loads(page.text.split('id="demo-people">')[1].split("</script>")[0])
        assert [each["role"] for each in people] == ["mentor", "mentee", "admin", "moderator"]
        assert page.headers["content-security-policy"] == nobody.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-cache"

    async with not_running(app_folder=folder, demo=True) as client:
        assert (await client.get("/", headers=BROWSER)).text == PAGE, "an app without a place for them is left alone"


async def test_who_has_the_page_is_not_sent_it_again(browser: httpx.AsyncClient) -> None:
    """And what says that it is still good says the same of what the page may do."""
    first = await browser.get("/", headers=BROWSER)
    again = await browser.get("/", headers=BROWSER | {"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/pairs/TWF0Y2g6MQ==", "/verify-email", "/reset-password", "/groups/soap-makers/"])
async def test_a_link_from_an_email_leads_into_the_app(browser: httpx.AsyncClient, path: str) -> None:
    """A browser that navigates gets the page, which knows what to show there. A program is told that nothing is."""
    opened = await browser.get(path, headers=BROWSER)
    assert (opened.status_code, opened.text) == (200, PAGE)
    assert "accept" in opened.headers["vary"].lower()

    for answer in (
        await browser.get(path, headers=SCRIPT),
        await browser.get(path, headers={"accept": "application/json"}),
        await browser.get("/assets/index-older.js", headers=BROWSER),
    ):
        assert (answer.status_code, answer.text) == (404, "Not Found")
    assert (await browser.post(path, headers=BROWSER, content=b"x")).status_code == 405


@pytest.mark.parametrize("kind", [kind for kind, words in WORDINGS.items() if words.page])
async def test_a_letter_about_an_account_leads_into_the_app_of_the_same_server(
    with_app: Served, browser: httpx.AsyncClient, kind: AccountLetterKind
) -> None:
    """Where no other address is set, its link has the app's page for it, with the token where no server sees it."""
    settings = Settings(smtp_host="mail.example.org", mail_from="mentorship@example.org", public_url=with_app.url)
    letter = LetterAboutAccount(uuid4(), uuid4(), kind, "Sam", "sam@example.org", datetime(2026, 3, 2, tzinfo=UTC))
    written = compose_about_account(Stationery.of(settings, Links([SECRET_KEY]), [SECRET_KEY]), letter)
    text = written.get_body(("plain",))
    assert text is not None
    (link,) = [line for line in text.get_content().splitlines() if line.startswith("http")]
    assert link.startswith(f"{with_app.url}/") and "#token=" in link
    assert (await browser.get(link, headers=BROWSER)).text == PAGE


async def test_the_app_may_load_and_ask_nothing_but_its_own_server(browser: httpx.AsyncClient) -> None:
    """No inline script, no foreign host, no frame around it, also on a page that it shows at an address of its own."""
    for path in ("/", "/pairs/x", "/assets/index-a1.js"):
        answer = await browser.get(path, headers=BROWSER)
        policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
        assert "unsafe" not in str(policy) and "http" not in str(policy) and "*" not in str(policy)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("headers", [BROWSER, SCRIPT], ids=["browser", "program"])
async def test_the_apis_own_addresses_stay_its_own(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Each answers a browser and a program as it does without an app."""
    for path, status in OF_THE_API.items():
        answer = await browser.get(path, headers=headers)
        assert (answer.status_code, PAGE in answer.text) == (status, False), path
    asked = await browser.post("/graphql", json={"query": "{ __typename }"})
    assert asked.json()["data"] == {"__typename": "Query"}
    assert "GraphiQL" in (await browser.get("/graphql", headers=BROWSER)).text


@pytest.mark.parametrize(
    "path",
    ["/../secret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret", "/assets/../../secret", "//etc/passwd", "/link"],
)
async def test_nothing_outside_the_folder_is_served(with_app: Served, path: str) -> None:
    """Neither by climbing out of it, nor by an absolute path, nor through a link."""
    async with httpx.AsyncClient() as client:
        url = httpx.URL(with_app.url).copy_with(raw_path=path.encode())
        answer = await client.get(url, headers=SCRIPT)
    assert (answer.status_code, answer.text) == (404, "Not Found")


@pytest.mark.parametrize("path", ["/.env", "/.git/config"])
async def test_what_a_build_did_not_mean_to_publish_is_not_there(browser: httpx.AsyncClient, path: str) -> None:
    for headers in (BROWSER, SCRIPT):
        answer = await browser.get(path, headers=headers)
        assert (answer.status_code, answer.text) == (404, "Not Found")


async def test_a_socket_belongs_to_the_api_alone(with_app: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(with_app.url.replace("http", "ws", 1) + "/pairs/x"):
            pass
    assert refused.value.response.status_code == 403


async def test_without_an_app_a_browser_is_led_to_graphiql() -> None:
    async with not_running() as client:
        led = await client.get("/", headers=BROWSER)
        assert (led.status_code, led.headers["location"]) == (307, "/graphql")
        assert (await client.get("/pairs/x", headers=BROWSER)).status_code == 404


async def test_an_app_needs_no_graphiql(folder: Path) -> None:
    async with not_running(app_folder=folder, graphiql=False) as client:
        assert (await client.get("/", headers=BROWSER)).text == PAGE
        api = await client.get("/graphql", headers=BROWSER)
        assert api.status_code == 400 and PAGE not in api.text and "GraphiQL" not in api.text


def test_an_operator_who_names_a_folder_without_an_app_is_told(tmp_path: Path) -> None:
    """Also who names an app's source, which has a page too."""
    with pytest.raises(ValueError, match=r"a folder with an index\.html"):
        Settings(app_folder=tmp_path)
    (tmp_path / "index.html").write_text(PAGE)
    with pytest.raises(ValueError, match="and assets/"):
        Settings(app_folder=tmp_path)
