"""What an operator may set about accounts; a part of server/settings.py."""

from pydantic import Field
from pydantic_settings import BaseSettings


class AccountSettings(BaseSettings):
    """How long tokens are good for, what is asked of addresses, and how long a deletion can be taken back."""

    access_token_seconds: int = Field(900, ge=30, le=86_400, description="How long an access token is good for.")
    refresh_token_days: int = Field(30, ge=1, le=365, description="How long a refresh token is good for.")
    require_verified_email: bool = Field(
        False,
        description="Whether founding groups and programs, signing up, pairing and writing want a verified e-mail "
        "address. Needs a mail server.",
    )
    account_attempts_per_hour: int = Field(
        100,
        ge=1,
        le=1_000_000_000,
        description="Registrations, failed log-ins and requests for new passwords from one address (for IPv6: one /64) "
        "in an hour. Each account has a bound of its own.",
    )
    deletion_grace_days: int = Field(
        14, ge=0, le=365, description="How long somebody who deletes an account can take it back, before it is erased."
    )
