"""What a page writes hundreds of, ids and moments, is written as it always was."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from operator import methodcaller
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from models.base import Row
from resolvers.reads import bare
from schema.compiled.values import serializer
from schema.node import NODES, global_id, parse_id
from schema.schema import schema

moment = serializer(schema._schema.type_map["DateTime"])
as_ever = methodcaller("isoformat")


@given(some.sampled_from(sorted(NODES)), some.uuids())
def test_an_id_is_the_url_safe_base64_of_type_and_key_and_leads_back_to_them(name: str, key: UUID) -> None:
    written = global_id(bare(NODES[name], key))
    assert written == base64.urlsafe_b64encode(f"{name}:{key.hex}".encode()).decode().rstrip("=")
    assert parse_id(written) == (name, key)


def test_whoever_adds_a_type_of_node_need_not_think_of_its_ids() -> None:
    assert all(issubclass(model, Row) and model.__name__ == name for name, model in NODES.items())


@given(some.datetimes())
def test_a_moment_in_utc_is_written_as_isoformat_writes_it(at: datetime) -> None:
    assert moment(at.replace(tzinfo=UTC)) == at.replace(tzinfo=UTC).isoformat()


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 2, 10, 0),
        datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(1850, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=5, minutes=45, seconds=7))),
        datetime(2026, 3, 2, 10, 0, 0, 5, tzinfo=ZoneInfo("UTC")),
    ],
)
def test_so_is_one_of_another_zone_or_of_none(at: datetime) -> None:
    assert moment(at) == as_ever(at)


def test_a_moment_that_is_none_is_refused_as_ever() -> None:
    with pytest.raises(AttributeError):
        moment(json)
