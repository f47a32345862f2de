"""What an operator may set: environment variables with the prefix MENTORSHIP_, checked when the process starts."""

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from server.account_settings import AccountSettings
from server.limit_settings import LimitSettings
from server.mail.settings import MailSettings
from server.watch_settings import WatchSettings

PREFIX = "MENTORSHIP_"
SECRET_KEY_LENGTH = 32
MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
MEMORY = "memory://"


class SettingsError(Exception):
    """The settings do not allow what was asked; the message names the variable and says what to do."""


class Settings(AccountSettings, LimitSettings, MailSettings, WatchSettings):
    """The settings, from the environment unless given. Each description is what the documentation says of it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, hide_input_in_errors=True, frozen=True)

    database_url: str | None = Field(
        None,
        repr=False,
        description="The PostgreSQL to use: postgres://user:password@host:port/name. Required to serve.",
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        description="The Redis to use: redis://user:password@host:port/0 (or rediss:// or unix://). memory:// serves "
        "one worker without Redis. Required to serve.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description=f"Signs tokens, {SECRET_KEY_LENGTH} characters or more. Required to serve; the same on "
        "every machine. Several, separated by commas, while one takes the place of another: the first signs, all are "
        "believed.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="The port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Worker processes; more than one needs Redis.")
    graphiql: bool = Field(True, description="Whether a browser that opens /graphql sees GraphiQL.")
    app_folder: Path | None = Field(
        None,
        description="A built single-page app, a folder with an index.html and assets/, to serve at / beside the API. "
        "Empty: none, and / leads to GraphiQL. `make run` sets it to the reference app.",
    )
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        [],
        description="Web origins, separated by commas, whose pages may open sockets, such as https://example.org. "
        "Empty: the API's own origin only.",
    )
    hsts_seconds: int = Field(
        0,
        ge=0,
        le=63_072_000,
        description="How long browsers are to insist on https for this host, such as 31536000. Only behind https; 0 "
        "says nothing about it.",
    )
    trusted_proxies: Annotated[list[str], NoDecode] = Field(
        [],
        description="Addresses and networks of proxies, separated by commas, whose X-Forwarded-For says where a client "
        "is. Empty: none; behind a proxy all clients would count as one address.",
    )
    help_lines: Annotated[list[str], NoDecode] = Field(
        [
            "Emergency services: 112 in Europe and India, 911 in North America, 999 in the United Kingdom, 000 in "
            "Australia",
            "Somebody to talk to, in many countries: https://findahelpline.com",
        ],
        description="Where people find help at once, separated by semicolons: shown to who reports a danger to life. "
        "Name those of your country.",
    )
    report_days: int = Field(
        365, ge=30, le=3_650, description="How long a report is kept as evidence after the decision about it."
    )
    jobs: bool = Field(
        True,
        description="Whether this process does what falls due by the clock, such as expiries. All may: each item is "
        "done once.",
    )
    job_interval_seconds: float = Field(
        30.0, ge=0.05, le=3_600, description="How often each worker looks for what is due."
    )
    log_days: int = Field(
        90,
        ge=1,
        le=3_650,
        description="How long the activity log is kept. A client that was away for longer fetches the state anew.",
    )
    keep_closed_pairs_days: int | None = Field(
        None,
        ge=60,
        le=36_500,
        description="How long after the end of a match what the two wrote is kept; they are told a month before it is "
        "removed. Empty: for ever.",
    )
    presence_seconds: float = Field(
        12.0,
        ge=0.1,
        le=300,
        description="How often each worker says again who is connected to it. Who vanishes with a worker is seen to be "
        "gone after two and a half times as long.",
    )
    demo: bool = Field(
        False,
        description="Whether the database may hold the demo community, whose passwords everybody knows; GraphiQL "
        "and the app then offer to be some of them. `make run` sets it for the database that it makes.",
    )

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process. Raises SettingsError naming every variable that is wrong, without its value."""
        try:
            return cls()
        except ValidationError as error:
            wrong = [_wrong(each["loc"], each["msg"]) for each in error.errors(include_input=False)]
            raise SettingsError("\n".join(wrong)) from None

    @model_validator(mode="after")
    def _budget_holds_the_largest(self) -> Self:
        if self.cost_burst < self.max_cost:
            raise ValueError(
                f"{variable('cost_burst')} must be {variable('max_cost')} or more: it could never be spent"
            )
        return self

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("help_lines", mode="before")
    @classmethod
    def _split_lines(cls, value: object) -> object:
        return [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: list[str]) -> list[str]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin:
                raise ValueError("an origin is a scheme, a host and perhaps a port, such as https://example.org")
        return value

    @field_validator("app_folder")
    @classmethod
    def _is_a_built_app(cls, value: Path | None) -> Path | None:
        if value is not None and not ((value / "index.html").is_file() and (value / "assets").is_dir()):
            raise ValueError("it must be a folder with an index.html and assets/, as Vite's build of an app leaves one")
        return value and value.resolve()

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: list[str]) -> list[str]:
        for proxy in value:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError("a proxy is an address or a network, such as 10.0.0.7 or 10.0.0.0/24") from None
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: str | None) -> str | None:
        """Tortoise knows the scheme by its short name only."""
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if scheme not in ("postgres", "postgresql") or not separator or not rest:
            raise ValueError("it must look like postgres://user:password@host:port/name")
        return f"postgres://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str | None) -> str | None:
        if value is not None and value != MEMORY and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("it must look like redis://host:port/0, or be memory://")
        return value

    def require_database_url(self) -> str:
        """The database's address. Raises SettingsError when there is none."""
        if self.database_url is None:
            raise SettingsError(
                f"{variable('database_url')} is not set: name a PostgreSQL, such as "
                "postgres://user:password@host:5432/name. (`mentorship run` starts one of its own.)"
            )
        return self.database_url

    def require_redis_url(self) -> str:
        """The broker's address. Raises SettingsError when there is none, or when it cannot serve so many workers."""
        if self.redis_url is None:
            raise SettingsError(
                f"{variable('redis_url')} is not set: name a Redis, such as redis://host:6379/0, or memory:// for one "
                "worker without one. (`mentorship run` starts one of its own.)"
            )
        if self.redis_url == MEMORY and self.workers > 1:
            raise SettingsError(f"{variable('redis_url')} is memory://, which serves one worker, not {self.workers}")
        return self.redis_url

    def require_mail_where_addresses_are_verified(self) -> None:
        """Raises SettingsError when people need a letter to go on, and nobody takes letters."""
        if self.require_verified_email and self.smtp_host is None:
            raise SettingsError(f"{variable('require_verified_email')} needs a mail server: {variable('smtp_host')}")

    def require_secret_keys(self) -> list[str]:
        """The keys of tokens: the first signs, all are believed.

        Raises SettingsError, saying how to make one, when there is none or one is too short.
        """
        given = self.secret_key.get_secret_value() if self.secret_key else ""
        keys = [key.strip() for key in given.split(",")]
        if any(len(key) < SECRET_KEY_LENGTH for key in keys):
            what = "is not set" if not given else f"is shorter than {SECRET_KEY_LENGTH} characters"
            raise SettingsError(f"{variable('secret_key')} {what}. Make one, and keep it: {MAKE_A_KEY}")
        return keys


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def _wrong(place: Sequence[int | str], message: str) -> str:
    """A mistake with its variable; one of several variables together names them itself."""
    return f"{variable(str(place[0]))}: {message}" if place else message
