"""The Starlette application: its routes, and what is opened when it starts and closed when it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from models.database import close_database, open_database
from models.errors import ErrorCode
from pubsub.live import close_live, open_live
from resolvers import access
from resolvers.activity import Event, Resync
from resolvers.export_links import PATH as DOWNLOAD
from resolvers.guessing import Pace
from resolvers.rate_limits import RateLimit
from resolvers.safety import Safety
from resolvers.tokens import Tokens
from schema.context import Context
from schema.schema import schema
from server import demo
from server.authentication import Authenticator
from server.downloads import Downloads
from server.graphiql.page import graphiql_assets, graphiql_page
from server.headers import Headers
from server.health import Health
from server.jobs import ticking
from server.limits import allowance_of, limits_of
from server.mail.links import PATH as UNSUBSCRIBE
from server.mail.links import Links
from server.mail.unsubscribing import Unsubscribing
from server.metrics import Metrics
from server.requests import Requests
from server.settings import Settings
from server.spa.page import SinglePageApp
from server.tracing import Tracing, tracing_from_environment
from server.transports.asker import Authenticated
from server.transports.gateway import Gateway
from server.transports.http import GraphQLOverHTTP
from server.transports.names import Names
from server.transports.negotiation import prefers_html
from server.transports.tally import Tally
from server.transports.websocket import GraphQLOverWebSocket

PATH = "/graphql"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


def from_environment() -> Starlette:
    """The application as the MENTORSHIP_ variables describe it. Raises SettingsError."""
    return create_app(Settings.from_environment())


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Starlette:
    """The application. It opens the database and the live half of the process when it starts."""
    tokens = Tokens(
        settings.require_secret_keys(),
        access_seconds=settings.access_token_seconds,
        refresh_days=settings.refresh_token_days,
    )
    database_url, redis_url = settings.require_database_url(), settings.require_redis_url()

    tally = Tally()
    tally.executions = schema.tally
    tracing = tracing_from_environment()
    gateway = _gateway(settings, tokens, clock, tally, tracing)
    health, metrics = Health(redis_url), Metrics(tally)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if tracing is not None:
            tracing.start()
        await open_database(database_url, timed=tally.statement if settings.metrics else None)
        try:
            await health.refuse_an_older_database()
            health.live = live = await open_live(redis_url, beat_seconds=settings.presence_seconds)
            async with metrics.running(live), ticking(settings, clock, tally):
                yield
        finally:
            health.live = None
            await close_live()
            await close_database()
            if tracing is not None:
                await asyncio.to_thread(tracing.stop)

    over_http = GraphQLOverHTTP(gateway)
    routes = [*_watched(settings, health, metrics), _unsubscribing(settings), _downloads(settings, clock)]
    routes += _routes(settings, gateway, over_http)
    requests = Requests(routes, tally.request_seconds)
    app = _Application(over_http, Headers(settings.hsts_seconds), requests, routes=routes, lifespan=lifespan)
    if tracing is not None:
        app.entrance = tracing.around(app.enter, requests.span_name)
    if settings.app_folder:
        app.router.default = SinglePageApp(settings.app_folder, _demo_people(settings))
    return app


def _watched(settings: Settings, health: Health, metrics: Metrics) -> list[BaseRoute]:
    """What machines look at, at the same port; the proxy keeps it from the outside (docs/operations.md)."""
    routes: list[BaseRoute] = [Route("/healthz", health.healthz), Route("/readyz", health.readyz)]
    return [*routes, Route("/metrics", metrics.endpoint)] if settings.metrics else routes


def _unsubscribing(settings: Settings) -> BaseRoute:
    """Open also without a mail server: links in e-mails that were sent earlier go on working."""
    return Route(UNSUBSCRIBE, Unsubscribing(Links(settings.require_secret_keys())).endpoint, methods=["GET", "POST"])


def _downloads(settings: Settings, clock: Clock) -> BaseRoute:
    return Route(DOWNLOAD, Downloads(settings.require_secret_keys(), clock).endpoint, methods=["GET"])


def _routes(settings: Settings, gateway: Gateway, over_http: ASGIApp) -> list[BaseRoute]:
    sockets = WebSocketRoute(PATH, GraphQLOverWebSocket(gateway))
    if not settings.graphiql:
        return [Route(PATH, over_http), sockets]
    routes: list[BaseRoute] = [graphiql_assets(), Route(PATH, _PageOr(over_http, _demo_people(settings))), sockets]
    return routes if settings.app_folder else [*routes, Route("/", RedirectResponse(PATH), methods=["GET"])]


class _Application(Starlette):
    """Starlette, but for a door of its own for operations sent by POST, which are most of what is asked.

    They lead to the very endpoint to which its routes would lead them, without the search among routes and the
    middleware on the way, which do nothing for them: the endpoint answers for its errors itself.
    """

    def __init__(self, over_http: ASGIApp, headers: Headers, requests: Requests, **more: Any) -> None:
        super().__init__(**more)
        self._over_http = over_http
        self._headers = headers
        self._requests = requests
        self.entrance: ASGIApp | None = None
        """What stands before `enter`, if anything does."""

    def sending(self, scope: Scope, send: Send) -> Send:
        """`send` as all answers over HTTP go out, whichever way they came."""
        return self._requests.timed(scope, self._headers.added(send))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.entrance or self.enter)(scope, receive, send)

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the shortest way."""
        if scope["type"] == "http":
            send = self.sending(scope, send)
        usual = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        if usual and not scope.get("root_path"):
            await self._over_http(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class _PageOr:
    """GraphiQL for a browser that opens the endpoint, and the endpoint for everybody else."""

    def __init__(self, endpoint: ASGIApp, people: Sequence[demo.Somebody]) -> None:
        self._endpoint = endpoint
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = graphiql_page(self._people) if prefers_html(Request(scope)) else self._endpoint
        await answer(scope, receive, send)


def _demo_people(settings: Settings) -> list[demo.Somebody]:
    """Whom the pages offer to be: some of the demo community where it may be, and nobody anywhere else."""
    return demo.offered() if settings.demo else []


def _gateway(settings: Settings, tokens: Tokens, clock: Clock, tally: Tally, tracing: Tracing | None) -> Gateway:
    writes = RateLimit(settings.writes_per_second, settings.writes_burst)
    safety = Safety(settings.help_lines, timedelta(days=settings.report_days))
    grace = timedelta(days=settings.deletion_grace_days)
    allowance = allowance_of(settings)
    each_hour = settings.account_attempts_per_hour
    by_address = Pace(each_hour, timedelta(hours=1) / each_hour)

    def told(code: ErrorCode) -> None:
        tally.errors["payload", code.value] += 1

    def make_context(asker: Authenticated, request_id: str) -> Context:
        viewer = asker.viewer
        assert viewer is None or isinstance(viewer, access.Viewer)
        return Context(
            viewer=viewer,
            now=clock(),
            tokens=tokens,
            request_id=request_id,
            writes=writes,
            safety=safety,
            deletion_grace=grace,
            allowance=allowance,
            address=asker.address,
            by_address=by_address,
            verified_only=settings.require_verified_email,
            told=told,
        )

    def delivered(event: object, since: datetime) -> None:
        match event:
            case Resync():
                tally.resyncs += 1
            case Event(occurred_at=at) if at >= since:
                # Not below zero: the clock of the machine where it happened may be a little ahead.
                tally.delay.observe(max(0.0, (clock() - at).total_seconds()))
            case Event():
                tally.replayed += 1

    return Gateway(
        schema=schema,
        authenticate=Authenticator(tokens, clock),
        make_context=make_context,
        renew_context=lambda context, everybodys: context.fresh(clock(), everybodys),
        delivered=delivered,
        limits=limits_of(settings),
        allowed_origins=settings.allowed_origins,
        clock=clock,
        tally=tally,
        names=Names(settings.operation_names),
        tracer=tracing,
    )
