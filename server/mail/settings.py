"""What an operator may set about e-mail; a part of server/settings.py."""

from email.headerregistry import Address
from email.utils import getaddresses
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings


class MailSettings(BaseSettings):
    """Settings of e-mail. Without `smtp_host` there is none, and the log says what would have been sent."""

    smtp_host: str | None = Field(
        None, description="The mail server that takes e-mails. Without one, the log says what would have been sent."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection to it is kept private: starttls (usual on port 587), tls (usual on port 465), "
        "or none, for a mail server on the same machine.",
    )
    smtp_username: str | None = Field(None, description="The name to log in to it with, if it wants one.")
    smtp_password: SecretStr | None = Field(None, description="The password to log in to it with.")
    smtp_timeout_seconds: float = Field(
        20.0, gt=0, le=25, description="How long one attempt to send an e-mail may take, from connecting to its answer."
    )
    mail_from: str | None = Field(
        None,
        description="Whom e-mails come from, such as Mentorship <mentorship@example.org>. Required with a mail server.",
    )
    mail_unsubscribe: str | None = Field(
        None,
        description="A mailbox of yours for wishes to get no more e-mails. Empty: the link is all there is.",
    )
    mail_delay_seconds: float = Field(
        120.0,
        ge=0,
        le=86_400,
        description="How long an e-mail waits, so that who is there and reads the notification is not sent it.",
    )
    public_url: str | None = Field(
        None,
        description="Where people reach this server, such as https://api.example.org: links in e-mails that stop them "
        "lead here. Required with a mail server.",
    )
    app_url: str | None = Field(
        None, description="Where people use Mentorship: the other links in e-mails lead here. Empty: the same address."
    )

    @field_validator("mail_from")
    @classmethod
    def _is_a_sender(cls, value: str | None) -> str | None:
        if value is not None:
            sender_of(value)
        return value

    @field_validator("mail_unsubscribe")
    @classmethod
    def _is_a_mailbox(cls, value: str | None) -> str | None:
        if value is not None and sender_of(value).addr_spec != value:
            raise ValueError("it must be an address and nothing else, such as unsubscribe@example.org")
        return value

    @field_validator("public_url", "app_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        private = parts.scheme == "http" and _is_here(parts.hostname or "")
        if not (parts.scheme == "https" or private) or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it must look like https://example.org, with http for this machine only")
        if not value.isascii() or any(character.isspace() or character in "<>\"'" for character in value):
            raise ValueError("it must be plain ASCII without spaces")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.smtp_host is None:
            return self
        if self.mail_from is None or self.public_url is None:
            raise ValueError("MENTORSHIP_SMTP_HOST needs MENTORSHIP_MAIL_FROM and MENTORSHIP_PUBLIC_URL too")
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("MENTORSHIP_SMTP_USERNAME and MENTORSHIP_SMTP_PASSWORD need each other")
        if self.smtp_username is not None and self.smtp_tls == "none" and not _is_here(self.smtp_host):
            raise ValueError("MENTORSHIP_SMTP_TLS is none: the password would travel in clear; choose starttls or tls")
        return self


def sender_of(value: str) -> Address:
    """An address with the name before it, if there is one. Raises ValueError for anything else."""
    message = "it must look like Mentorship <mentorship@example.org>"
    (name, spec), *more = getaddresses([value]) or [("", "")]
    if more or not value.isprintable() or not spec.isascii() or "." not in spec.rpartition("@")[2]:
        raise ValueError(message)
    try:
        address = Address(display_name=name, addr_spec=spec)
    except Exception as error:
        raise ValueError(message) from error
    if address.addr_spec != spec:
        raise ValueError(message)
    return address


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
