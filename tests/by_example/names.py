"""Names for what differs each time: `"<the match>"` is an id, a cursor or a token, and the same one everywhere."""

import re
from dataclasses import dataclass, field
from typing import Any

_NAME = re.compile(r"<[^<>]+>")
_TOKEN = re.compile(r"<(\w+)'s (access|refresh) token>")


@dataclass
class Names:
    """What each name stands for, as soon as an answer has shown it."""

    known: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        assert name in self.known, f"no answer has shown what {name} is; there are {sorted(self.known)}"
        return self.known[name]

    def meant(self, shown: Any) -> Any:
        """What a page shows, with what is meant in place of its names."""
        if isinstance(shown, dict):
            return {key: self.meant(value) for key, value in shown.items()}
        if isinstance(shown, list):
            return [self.meant(each) for each in shown]
        return self[shown] if isinstance(shown, str) and _NAME.fullmatch(shown) else shown

    def in_text(self, shown: str) -> str:
        """The same in the midst of a text."""
        return _NAME.sub(lambda found: self[found[0]], shown)

    def difference(self, shown: Any, real: Any, where: str = "answer") -> str | None:
        """Where what is shown is not what is real; a name that is new stands for what is found in its place."""
        if isinstance(shown, dict) and isinstance(real, dict):
            if list(shown) != list(real):
                return f"{where} has {list(real)}, not {list(shown)}"
            pairs = [(f"{where}.{key}", shown[key], real[key]) for key in shown]
        elif isinstance(shown, list) and isinstance(real, list):
            if len(shown) != len(real):
                return f"{where} has {len(real)} items, not {len(shown)}"
            pairs = [(f"{where}[{number}]", *each) for number, each in enumerate(zip(shown, real, strict=True))]
        else:
            return self._difference_of_leaves(shown, real, where)
        return next((found for name, one, other in pairs if (found := self.difference(one, other, name))), None)

    def _difference_of_leaves(self, shown: Any, real: Any, where: str) -> str | None:
        if isinstance(shown, str) and isinstance(real, str) and _NAME.fullmatch(shown):
            if _TOKEN.fullmatch(shown):  # tokens are new each time; whoever gets them holds them from then on
                return None
            if self.known.setdefault(shown, real) == real:
                return None
            return f"{where} is another id than {shown} was before"
        if type(shown) is type(real) and shown == real:
            return None
        return f"{where} is {real!r}, not {shown!r}"
