"""What people do with e-mails about their account."""

import re
from email.message import EmailMessage

from tests.community import PASSWORD, Person
from tests.documents import mutation_of
from tests.post_office import Round

NEW_PASSWORD = "tall ladders lean on barns"

VERIFY_EMAIL = mutation_of("verifyEmail", "user { id }")
REQUEST_VERIFICATION = "mutation { requestEmailVerification { viewer { emailVerified } errors { code message path } } }"
CHANGE_EMAIL = mutation_of("changeEmail", "viewer { email }")
REQUEST_RESET = mutation_of("requestPasswordReset", "email")
RESET_PASSWORD = mutation_of("resetPassword", "session { accessToken refreshToken expiresAt } user { id }")
CHANGE_PASSWORD = mutation_of("changePassword", "viewer { email }")
IS_VERIFIED = "{ viewer { email emailVerified } }"


def token_in(message: EmailMessage) -> str:
    """The token of a letter's link, as the app's page reads it."""
    plain = message.get_body(("plain",))
    assert plain is not None
    (token,) = re.findall(r"https://app\.example\.org/[a-z-]+#token=(\S+)", plain.get_content())
    return token


async def letter_to(mail: Round, address: str, subject: str) -> EmailMessage:
    """The last e-mail about an account with this subject, after the postman's round."""
    await mail.goes()
    return [each for each in mail.office.arrived if (each["To"], each["Subject"]) == (address, subject)][-1]


async def reset_token(mail: Round, nobody: Person, email: str) -> str:
    """Somebody asks for a new password, and reads the e-mail."""
    await nobody.do(REQUEST_RESET, input={"email": email})
    return token_in(await letter_to(mail, email, "A new password"))


async def can_log_in(nobody: Person, email: str, password: str = PASSWORD) -> bool:
    """Whether this is the account's password."""
    answer = await nobody.ask(mutation_of("logIn", "user { id }"), input={"email": email, "password": password})
    return answer["data"]["logIn"]["user"] is not None
