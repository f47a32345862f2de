"""Registering, logging in and out, and the tokens of a session."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from resolvers import accounts, devices, sessions
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.users import User

DEFAULT_LOCALE = "en"


@strawberry.type(description="The tokens of a session. Keep both secret.")
class Session:
    access_token: str = strawberry.field(
        description='Sent with every request as the header "Authorization: Bearer …", and on a socket as the payload '
        'of connection_init, {"authorization": "Bearer …"}.'
    )
    refresh_token: str = strawberry.field(
        description="Exchanged for new tokens by `refreshSession`, once. Whoever uses it again later ends the session."
    )
    expires_at: datetime = strawberry.field(description="When the access token ends.")


@strawberry.input(description="A new account.")
class RegisterInput:
    email: str = strawberry.field(description="The e-mail address to log in with; its case does not matter.")
    password: str = strawberry.field(description="10 to 200 characters, and hard to guess.")
    name: str = strawberry.field(description="What one wants to be called, up to 80 characters.")
    birth_date: date = strawberry.field(
        description="Shown to nobody else. Anybody may register; programs are for people of 18 and older."
    )
    time_zone: str = strawberry.field(
        description="Where one lives, by its name in the IANA database, such as Europe/Berlin."
    )
    locale: str | None = strawberry.field(
        default=DEFAULT_LOCALE, description="One's language, as a BCP 47 tag such as pt-BR."
    )
    device: str | None = strawberry.field(
        default=None, description="What one calls this device, such as “Maya's telephone”, up to 80 characters."
    )


@strawberry.type(description="What `register` did.")
class RegisterPayload(Payload):
    session: Session | None = strawberry.field(default=None, description="The first session; null when refused.")
    user: User | None = strawberry.field(default=None, description="The new person; null when refused.")


@strawberry.input(description="Who logs in.")
class LogInInput:
    email: str = strawberry.field(description="The e-mail address of the account; its case does not matter.")
    password: str = strawberry.field(description="Its password.")
    device: str | None = strawberry.field(
        default=None, description="What one calls this device, such as “Maya's telephone”, up to 80 characters."
    )


@strawberry.type(description="What `logIn` did.")
class LogInPayload(Payload):
    session: Session | None = strawberry.field(default=None, description="The new session; null when refused.")
    user: User | None = strawberry.field(default=None, description="Who logged in; null when refused.")


@strawberry.input(description="A session to go on with.")
class RefreshSessionInput:
    refresh_token: str = strawberry.field(description="The newest refresh token of the session.")


@strawberry.type(description="What `refreshSession` did.")
class RefreshSessionPayload(Payload):
    session: Session | None = strawberry.field(default=None, description="The new tokens; null when refused.")


@strawberry.input(description="A session to end.")
class LogOutInput:
    refresh_token: str = strawberry.field(description="A refresh token of the session.")


@strawberry.type(description="What `logOut` did.")
class LogOutPayload(Payload):
    user: User | None = strawberry.field(default=None, description="Whose session it was; null when refused.")


@strawberry.input(description="The proof that it is oneself who ends all sessions.")
class LogOutEverywhereInput:
    password: str = strawberry.field(description="One's password.")


@strawberry.type(description="What `logOutEverywhere` did.")
class LogOutEverywherePayload(Payload):
    user: User | None = strawberry.field(default=None, description="Who logged out; null when refused.")


@strawberry.type
class AccountMutation:
    @mutation("Open an account, and its first session. An e-mail asks whether the address is one's own.")
    async def register(
        self, info: Info, input: Annotated[RegisterInput, strawberry.argument(description="The account.")]
    ) -> RegisterPayload:
        session, user = await accounts.register(
            info.context.tokens,
            info.context.now,
            email=input.email,
            password=input.password,
            name=input.name,
            birth_date=input.birth_date,
            time_zone=input.time_zone,
            locale=input.locale or DEFAULT_LOCALE,
            caller=info.context.caller,
            device=input.device,
        )
        return RegisterPayload(session=shown(session), user=shown(user))

    @mutation("Open a session with e-mail address and password.")
    async def log_in(
        self, info: Info, input: Annotated[LogInInput, strawberry.argument(description="Who.")]
    ) -> LogInPayload:
        session, user = await accounts.log_in(
            info.context.tokens,
            info.context.caller,
            info.context.now,
            email=input.email,
            password=input.password,
            device=input.device,
        )
        return LogInPayload(session=shown(session), user=shown(user))

    @mutation(
        "Exchange a refresh token for new tokens. Send it without an access token, since an expired one is refused. "
        "For 10 seconds the same refresh token works again, for two tabs at once; used later, it ends the session."
    )
    async def refresh_session(
        self, info: Info, input: Annotated[RefreshSessionInput, strawberry.argument(description="The session.")]
    ) -> RefreshSessionPayload:
        session = await sessions.refresh_session(
            info.context.tokens, info.context.now, refresh_token=input.refresh_token
        )
        return RefreshSessionPayload(session=shown(session))

    @mutation("End a session: its tokens are good for nothing any more. It needs no access token.")
    async def log_out(
        self, info: Info, input: Annotated[LogOutInput, strawberry.argument(description="The session.")]
    ) -> LogOutPayload:
        return LogOutPayload(user=shown(await sessions.log_out(info.context.now, refresh_token=input.refresh_token)))

    @mutation("End all of one's sessions, on every device and this one too.")
    async def log_out_everywhere(
        self, info: Info, input: Annotated[LogOutEverywhereInput, strawberry.argument(description="The password.")]
    ) -> LogOutEverywherePayload:
        user = await devices.log_out_everywhere(
            info.context.viewer, info.context.caller, info.context.now, password=input.password
        )
        return LogOutEverywherePayload(user=shown(user))
