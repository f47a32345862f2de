"""What every model shares: time-ordered UUID keys, and reading a row that an UPDATE … RETURNING gave back."""

from enum import Enum
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.queryset import QuerySet
from uuid_utils.compat import uuid7

E = TypeVar("E", bound=Enum)


def nullable_enum(kind: type[E], max_length: int) -> fields.Field[E | None]:
    """Tortoise's field for an enumeration, or nothing: its own annotation leaves the nothing out."""
    return cast("fields.Field[E | None]", fields.CharEnumField(kind, max_length=max_length, null=True))


class _Hidden:
    """An attribute that its class has and its instances do not."""

    def __get__(self, instance: object, owner: type) -> Any:
        raise AttributeError


class Row(Model):
    """A table's row with a UUIDv7 key (RFC 9562, section 5.7): keys of one table sort by the time they were made."""

    id = fields.UUIDField(primary_key=True, default=uuid7)

    __await__ = _Hidden()
    """Tortoise lets every row be awaited, for itself. Whoever completes a response would wait for each in vain."""

    class Meta:
        abstract = True

    @classmethod
    def columns(cls, of: str | None = None) -> str:
        """Its columns by name, for SELECT and RETURNING; `of` is what the statement calls the table, where it has more.

        With `*` the answer would change when the next release adds a column beside this one's workers, and PostgreSQL
        refuses that to a statement that it has planned before: within a transaction, the act would fail.
        """
        return ", ".join(f"{of}.{name}" if of else name for name in cls._meta.fields_db_projection.values())

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """A model instance from all the columns of a row, as raw SQL returned them."""
        return cls._init_from_db(**record)


async def ids_of(query: QuerySet[Any], column: str = "id") -> list[UUID]:
    """The ids that a column of a query's rows holds: Tortoise's own annotation takes each for a tuple."""
    return cast("list[UUID]", await query.values_list(column, flat=True))


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that a write ran into."""
    return getattr(error.__cause__, "constraint_name", None)
