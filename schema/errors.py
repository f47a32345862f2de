"""Refusals as data: UserError, the errors of every payload, and the decorator that turns a refusal into one."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

import strawberry

from models.errors import ErrorCode, Refusals, Refused
from resolvers import access
from schema import enums  # noqa: F401  (describes ErrorCode before it is used here)
from schema.rows import complete

P = ParamSpec("P")


@strawberry.type(description="Why a mutation was refused, in words that say what to do.")
class UserError:
    code: ErrorCode = strawberry.field(description="The kind of refusal, for programs.")
    message: str = strawberry.field(description="What is wrong and what to do about it, for people.")
    path: list[str] | None = strawberry.field(
        default=None, description='Leads to the input\'s field at fault, such as ["input", "body"]; null when none is.'
    )

    @classmethod
    def of(cls, refused: Refused) -> "UserError":
        """The refusal as data."""
        return cls(code=refused.code, message=refused.message, path=list(refused.path) or None)


@strawberry.type
class Payload:
    """What all payloads have; a payload's other field is the result, null when refused."""

    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty when it was done."
    )


T = TypeVar("T", bound=Payload)


def mutation(
    description: str, *, limited: bool = False, verified: bool = False
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """A mutation field whose resolver returns its payload, and whose refusals become the payload's errors.

    `limited`: it counts against what one person may write in a time (resolvers/rate_limits.py). `verified`, and what is
    limited too: where the settings say so, it is for people with a verified e-mail address.
    """

    def decorate(resolver: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        payload: type[T] = inspect.get_annotations(resolver, eval_str=True)["return"]

        @functools.wraps(resolver)
        async def refusable(*args: P.args, **kwargs: P.kwargs) -> T:
            info: Any = kwargs["info"]
            info.context.fresh(info.context.now)  # what an earlier mutation of the document loaded may be changed now
            try:
                if limited or verified:
                    access.verified(info.context.viewer, wanted=info.context.verified_only)
                if limited:
                    info.context.spend()
                made = await resolver(*args, **kwargs)
            except Refused as refused:
                return payload(errors=[UserError.of(refused)])
            except Refusals as several:
                return payload(errors=[UserError.of(refused) for refused in several.refusals])
            await complete(info, made)
            return made

        made: Callable[P, Awaitable[T]] = strawberry.mutation(description=description)(refusable)
        return made

    return decorate
