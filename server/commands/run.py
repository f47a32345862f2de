"""`mentorship run`: everything on this machine, with nothing set up before: what `make run` calls."""

import http.client
import os
import secrets
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from server.commands.errors import CommandError
from server.commands.signals import StopRequested, stop_signals_raise
from server.local.children import spawn, stop
from server.local.lock import FolderLock
from server.local.ports import LOOPBACK, is_taken
from server.local.postgres import LocalPostgres
from server.local.redis import LocalRedis
from server.settings import Settings, variable
from server.spa.build import SITE

CHECKOUT = Path(__file__).parents[2]
STEP_SECONDS = 300.0
STOP_SECONDS = 10.0
"""What the web server has to complete requests and to let go of the database and Redis, also when these hang."""
LOOK_SECONDS = 0.5

DataDir = Annotated[Path, typer.Option(help="Where the database, and the secret key if none is set, are kept.")]


def run(data_dir: DataDir = CHECKOUT / ".data") -> None:
    """Start what is missing, migrate, and serve until Ctrl-C; then stop everything in order.

    Starts a PostgreSQL and a Redis of its own unless MENTORSHIP_DATABASE_URL and MENTORSHIP_REDIS_URL name others.
    The demo community is loaded into a database of its own only, never into one that was named.
    """
    settings = Settings.from_environment()
    data_dir = data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    with FolderLock(data_dir), stop_signals_raise():
        refuse_what_cannot_work(settings)
        try:
            with ExitStack() as started:
                prepare_and_serve(settings, data_dir, started)
        except StopRequested:
            typer.echo("Stopped.")


def prepare_and_serve(settings: Settings, data_dir: Path, started: ExitStack) -> None:
    """Start each part, leaving its stop in `started`, and watch; ends by StopRequested or an error only."""
    environment = dict(os.environ)
    if settings.app_folder is not None:
        environment[variable("app_folder")] = str(settings.app_folder)  # the server has a working directory of its own
    elif (SITE.dist / "index.html").is_file():
        environment.setdefault(variable("app_folder"), str(SITE.dist))
    postgres = redis = None
    if settings.secret_key is None:
        environment[variable("secret_key")] = kept_secret_key(data_dir / "secret-key")
    if settings.database_url is None:
        postgres = LocalPostgres.start(data_dir / "postgres")
        started.callback(postgres.stop)
        # It has no TLS to offer; asked for it, asyncpg would first look for keys in the home folder.
        environment |= {variable("database_url"): postgres.url, variable("demo"): "true", "PGSSLMODE": "disable"}
        if postgres.place.link is not None and postgres.created:
            typer.echo(f"The database's user cannot get to {data_dir}, so its files are in {postgres.place.folder}")
    if settings.redis_url is None:
        redis = LocalRedis.start(data_dir / "redis")
        started.callback(redis.stop)
        environment[variable("redis_url")] = redis.url
    run_step("migrate", environment)
    hint = load_demo_once(postgres, environment) if postgres else ""
    web = spawn(command("serve"), death_signal=signal.SIGTERM, cwd=CHECKOUT, environment=environment)
    started.callback(stop, web, [(signal.SIGTERM, STOP_SECONDS)])
    watch(web, settings, [server for server in (postgres, redis) if server], hint)


def command(name: str) -> list[str]:
    """The command line of another command of this installation."""
    return [sys.executable, "-m", "server.cli", name]


def run_step(name: str, environment: dict[str, str]) -> str:
    """Run a command to its end and return what it printed. Raises CommandError when it fails or takes too long."""
    process = spawn(
        command(name), death_signal=signal.SIGTERM, cwd=CHECKOUT, environment=environment, stdout=subprocess.PIPE
    )
    try:
        output, _ = process.communicate(timeout=STEP_SECONDS)
    except subprocess.TimeoutExpired:
        raise CommandError(f"`mentorship {name}` took longer than {STEP_SECONDS:.0f} seconds") from None
    finally:
        stop(process, [(signal.SIGTERM, 5.0)])
    if process.returncode != 0:
        raise CommandError(f"`mentorship {name}` failed, see above")
    return output.decode()


def load_demo_once(postgres: LocalPostgres, environment: dict[str, str]) -> str:
    """Load the demo into a database of our own unless an earlier run has finished that; returns how to log in.

    The mark is written last and kept beside the cluster: a first run that was killed is completed by the next, and a
    deleted cluster takes its mark along.
    """
    mark = postgres.place.folder / "demo-loaded"
    if not mark.exists():
        typer.echo("Loading the demo community ...")
        hint = run_step("demo", environment)
        unfinished = mark.with_suffix(".unfinished")
        unfinished.write_text(hint, encoding="utf-8")
        postgres.place.own(unfinished).rename(mark)
    return mark.read_text(encoding="utf-8")


def watch(
    web: subprocess.Popen[bytes], settings: Settings, servers: list[LocalPostgres | LocalRedis], hint: str
) -> None:
    """Say where to go once the web server answers; raise CommandError as soon as a part has ended by itself."""
    greeted = False
    while True:
        if not greeted and answers(settings):
            greet(settings, hint)
            greeted = True
        try:
            code = web.wait(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            for server in servers:
                if not server.is_running():
                    raise CommandError(f"{type(server).__name__} ended by itself, so everything stops") from None
        else:
            raise CommandError(f"The web server ended by itself with exit code {code}")


def answers(settings: Settings) -> bool:
    """Whether the web server answers requests, whatever it says."""
    connection = http.client.HTTPConnection(browsable(settings.host), settings.port, timeout=LOOK_SECONDS)
    try:
        connection.request("GET", "/graphql", headers={"Accept": "text/html"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def greet(settings: Settings, hint: str) -> None:
    """Say where to go and who to be."""
    at = f"http://{browsable(settings.host)}:{settings.port}"
    typer.echo(f"\nMentorship is at {at}/ and its API at {at}/graphql (Ctrl-C stops it)")
    if hint:
        typer.echo(hint.rstrip())
    sys.stdout.flush()


def browsable(host: str) -> str:
    """An address to open for one that is listened on."""
    return LOOPBACK if host in ("0.0.0.0", "::", "") else host


def refuse_what_cannot_work(settings: Settings) -> None:
    """Raise SettingsError, or CommandError when the web server could not listen, before anything is started."""
    if settings.secret_key is not None:
        settings.require_secret_keys()
    if settings.redis_url is not None:
        settings.require_redis_url()
    try:
        taken = is_taken(settings.host, settings.port)
    except OSError as error:
        raise CommandError(f"Cannot listen on {settings.host}:{settings.port}: {error}") from error
    if taken:
        raise CommandError(f"Port {settings.port} is taken; choose another: make run PORT={settings.port + 1}")


def kept_secret_key(path: Path) -> str:
    """The key that this checkout made for itself at its first run, so that people stay logged in over a restart."""
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48))
        if os.geteuid() == 0:  # the folder's owner may come back without root
            os.chown(unfinished, path.parent.stat().st_uid, -1)
        unfinished.rename(path)
    return path.read_text().strip()
