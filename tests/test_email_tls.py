"""The way to a mail server: kept private, and shown to be the right one."""

import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from server.settings import Settings
from tests.community import Community
from tests.post_office import (
    PASSWORD,
    mail_settings,
    post_office,
    postman,
    toms,
)
from tests.servers import Served


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1's own, and a server's side of TLS with it."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {cert}"
        " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(),
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context


@pytest.mark.parametrize("way", ["starttls", "tls"])
async def test_the_password_goes_over_tls_to_a_server_that_shows_who_it_is(
    way: str,
    served: Served,
    community: Community,
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is sent to a server whose certificate nobody vouches for, or that offers no TLS."""
    cert, context = certificate
    login = {"smtp_tls": way, "smtp_username": "mentorship", "smtp_password": PASSWORD}
    async with post_office(**{way: context}) as office, postman(served, community, office) as mail:
        pair = await toms(community)
        await mail.goes(**login)
        assert (await mail.states(pair.mentee))[0][:2] == ("WAITING", 1)
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        async with post_office() as plain:
            await mail.goes(**login, smtp_port=plain.port)
        assert (await mail.states(pair.mentee))[0][:2] == ("WAITING", 2)
        assert (office.log_ins, plain.log_ins, office.arrived) == ([], [], [])
        await mail.goes(**login | {"smtp_password": "wrong"})
        assert (await mail.states(pair.mentee))[0] == ("WAITING", 3, "SMTPAuthenticationError 535")
        await mail.goes(timedelta(minutes=5), **login)
        assert len(office.to(pair.mentee)) == 1 and office.private
        assert office.log_ins == [b"mentorship"] * len(office.log_ins)


def test_settings_that_are_not_whole_are_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password is not repeated."""
    whole = mail_settings("https://api.example.org", 587, smtp_host="mail.example.org", smtp_tls="starttls")
    assert Settings(**whole).smtp_host == "mail.example.org"
    login = {"smtp_username": "me", "smtp_password": "hunter2hunter2"}
    for change, named in [
        ({"mail_from": None}, "MAIL_FROM"),
        ({"public_url": None}, "PUBLIC_URL"),
        ({"smtp_username": "me"}, "SMTP_PASSWORD"),
        (login | {"smtp_tls": "none"}, "SMTP_TLS"),
        ({"mail_from": "Me\n <me@example.org>"}, "mail_from"),
        ({"mail_from": "me@example.org, you@example.org"}, "mail_from"),
        ({"mail_unsubscribe": "Stop <stop@example.org>"}, "mail_unsubscribe"),
        ({"public_url": "http://api.example.org"}, "public_url"),
        ({"public_url": "https://api.example.org/?a=b"}, "public_url"),
        ({"app_url": "javascript:alert(1)"}, "app_url"),
    ]:
        with pytest.raises(ValueError, match=named) as refused:
            Settings(**whole | change)
        assert "hunter2" not in str(refused.value)
