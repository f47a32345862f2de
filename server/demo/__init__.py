"""The demo community: people, groups, programs and pairs whose story is told again in an empty database."""

from server.demo.content import read
from server.demo.load import load
from server.demo.offered import Somebody, offered, with_people
from server.demo.story import PASSWORD

__all__ = ["PASSWORD", "Somebody", "load", "offered", "read", "with_people"]
