"""The demo community: people, groups, programs and pairs whose story is told again in an empty database."""

from server.demo.load import load

__all__ = ["load"]
