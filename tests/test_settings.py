"""An operator sets the service up: what is refused, what is said about it, and that every setting is documented."""

import logging
import re
from pathlib import Path

import pytest

from server.commands.serve import WithoutSockets, log_config
from server.settings import Settings, SettingsError, variable
from server.settings_reference import GROUPS, reference

CHECKOUT = Path(__file__).parents[1]
KEY = "k" * 32


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests plays a part."""
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)


def test_an_operator_finds_every_setting_in_the_reference_as_the_code_has_it() -> None:
    """docs/settings.md is what `make docs` writes; a setting stands in one group of it, with its default."""
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(Settings.model_fields), "each in one of settings_reference.GROUPS"
    page = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == reference(), "stale: run `make docs`"
    assert "| `MENTORSHIP_PORT` | The port to listen on. | whole number from 1 to 65535 | `8000` |" in page


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    """A variable that was renamed would go on being recommended."""
    pages = [page for page in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")] if page.stem != "CHANGELOG"]
    named = {(page.name, name) for page in pages for name in re.findall(r"MENTORSHIP_[A-Z_]+\b", page.read_text())}
    known = {variable(field) for field in Settings.model_fields}
    assert {(page, name) for page, name in named if name not in known} == set()
    assert len(named) > 60


def test_every_setting_says_what_it_is_for() -> None:
    """The descriptions are what the documentation is made of."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_an_operator_who_sets_nothing_gets_a_loopback_server() -> None:
    """Nothing is open to the network, and no demo person exists, until somebody says so."""
    settings = Settings.from_environment()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.demo is False
    assert settings.allowed_origins == []


def test_an_operator_without_a_secret_key_is_told_how_to_make_one() -> None:
    """The message has the command in it, and that command makes a key that is accepted."""
    with pytest.raises(SettingsError, match="MENTORSHIP_SECRET_KEY is not set") as refused:
        Settings().require_secret_keys()
    assert "secrets.token_urlsafe(48)" in str(refused.value)


def test_a_short_secret_key_is_refused_and_not_repeated() -> None:
    """31 characters are too few, 32 are enough; the key itself is never printed."""
    with pytest.raises(SettingsError, match="shorter than 32 characters") as refused:
        Settings(secret_key="s3cret" * 5 + "x").require_secret_keys()
    assert "s3cret" not in str(refused.value)
    assert Settings(secret_key=KEY).require_secret_keys() == [KEY]


def test_several_keys_are_told_apart_by_commas_and_each_is_long_enough() -> None:
    """While one takes the other's place, the first signs."""
    assert Settings(secret_key=f"{KEY}, {'n' * 32}").require_secret_keys() == [KEY, "n" * 32]
    for wrong in (f"{KEY},", f"{KEY},short", f",{KEY}"):
        with pytest.raises(SettingsError, match="shorter than 32 characters"):
            Settings(secret_key=wrong).require_secret_keys()


def test_who_asks_for_verified_addresses_names_a_mail_server() -> None:
    """Otherwise nobody could do anything, and nobody would know why."""
    with pytest.raises(SettingsError, match="MENTORSHIP_SMTP_HOST"):
        Settings(require_verified_email=True).require_mail_where_addresses_are_verified()


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    """A log line with the settings in it gives away neither the key nor the passwords in the addresses."""
    settings = Settings(secret_key=KEY, database_url="postgres://u:hunter2@h/d", redis_url="redis://:hunter2@h")
    assert "hunter2" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_wrong_variable_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two mistakes at once are both named; a mistyped address with a password in it is not echoed."""
    monkeypatch.setenv("MENTORSHIP_PORT", "eighty")
    monkeypatch.setenv("MENTORSHIP_DATABASE_URL", "mysql://u:hunter2@h/d")
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment()
    assert "MENTORSHIP_PORT" in str(refused.value)
    assert "MENTORSHIP_DATABASE_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_both_spellings_of_a_postgres_address_are_understood() -> None:
    """Hosting companies hand out postgresql://, Tortoise knows postgres://."""
    assert Settings(database_url="postgresql://u:p@h:5432/d").require_database_url() == "postgres://u:p@h:5432/d"


def test_missing_servers_are_asked_for_by_name() -> None:
    """The message names the variable and shows what its value looks like."""
    with pytest.raises(SettingsError, match=r"MENTORSHIP_DATABASE_URL is not set.*postgres://"):
        Settings().require_database_url()
    with pytest.raises(SettingsError, match=r"MENTORSHIP_REDIS_URL is not set.*redis://"):
        Settings().require_redis_url()


def test_memory_serves_one_worker_only() -> None:
    """Two workers without Redis would not hear each other, so they are refused."""
    assert Settings(redis_url="memory://").require_redis_url() == "memory://"
    with pytest.raises(SettingsError, match="serves one worker, not 2"):
        Settings(redis_url="memory://", workers=2).require_redis_url()


def test_origins_are_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path after an origin would never match a browser's header, so it is refused at the start."""
    monkeypatch.setenv("MENTORSHIP_ALLOWED_ORIGINS", "https://a.example, http://localhost:5173")
    assert Settings.from_environment().allowed_origins == ["https://a.example", "http://localhost:5173"]
    monkeypatch.setenv("MENTORSHIP_ALLOWED_ORIGINS", "https://a.example/app")
    with pytest.raises(SettingsError, match="MENTORSHIP_ALLOWED_ORIGINS"):
        Settings.from_environment()


def test_no_log_level_makes_a_library_write_out_values_or_frames() -> None:
    """At DEBUG, Tortoise logs statements with their values, and websockets every frame: what people said."""
    for level in ("debug", "info"):
        config = log_config(level)
        assert config["root"]["level"] == "INFO"
        assert config["loggers"]["uvicorn"]["level"] == "INFO"
        assert set(config["loggers"]) == {"uvicorn", "server", "schema", "resolvers", "pubsub", "models"}


def test_the_log_says_nothing_of_single_sockets() -> None:
    """uvicorn would write each one's address with its query string, where a careless client may put a token."""

    def passes(words: str) -> bool:
        return WithoutSockets().filter(logging.LogRecord("uvicorn.error", logging.INFO, "", 0, words, None, None))

    assert not passes('127.0.0.1:53736 - "WebSocket /graphql?token=abc" [accepted]')
    assert not passes("connection open")
    assert passes("Application startup complete.")
