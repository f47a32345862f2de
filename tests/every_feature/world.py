"""What an operation is executed with: chance that is the same each time, a loader, and what was done."""

import asyncio
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zlib import crc32

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo


@dataclass
class World:
    """What an operation is executed with. The same seed makes the same things; `trouble` is how often one is bad."""

    seed: int
    trouble: float
    done: list[str] = field(default_factory=list)
    """The mutations that were executed."""
    batches: list[list[int]] = field(default_factory=list)
    """The keys that the loader was asked for."""

    def roll(self, *words: object) -> float:
        """A number from 0 to 1 for these words."""
        return crc32(json.dumps([self.seed, *words], default=str).encode()) / 2**32

    def pick(self, good: list[Any], bad: list[Any], *words: object) -> Any:
        """One of the good values, or, if there is trouble, of the bad ones."""
        if self.roll("trouble", *words) < self.trouble:
            return bad[int(self.roll("bad", *words) * len(bad))]
        return good[int(self.roll("good", *words) * len(good))]

    def dare(self, *words: object) -> None:
        """Raise if there is trouble."""
        if self.roll("dare", *words) < self.trouble:
            raise ValueError(f"trouble with {words}")

    @cached_property
    def loader(self) -> DataLoader[int, int]:
        """Squares of numbers; those of the multiples of seven it cannot find if there is trouble."""

        async def load(keys: list[int]) -> list[Any]:
            self.batches.append(list(keys))
            await asyncio.sleep(0)
            return [ValueError(f"no square of {key}") if self.trouble and key % 7 == 0 else key * key for key in keys]

        return DataLoader(load_fn=load)

    def fresh(self) -> None:
        """Forget what was loaded."""
        self.__dict__.pop("loader", None)


Info = StrawberryInfo[World, Any]


def trail_of(source: object) -> str:
    """How an object was come by."""
    return getattr(source, "trail", "")


async def later(value: Any) -> Any:
    """A value that has to be waited for."""
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value
