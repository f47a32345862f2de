"""What operations are called in metrics, logs and traces: names of apps, never a word of one person's."""

from collections import OrderedDict
from collections.abc import Collection, Hashable

OTHER, UNNAMED = "other", "unnamed"

PEOPLE = 5
"""A name that so many have used comes from an app: nobody's own words are said by five."""

MOST_NAMES = 100
"""Names that are known; each is a series of metrics for each bucket."""

MOST_CANDIDATES = 1_000
"""Names of which it is remembered who used them."""

LONGEST = 60


class Names:
    """The names that may be said, listed by the operator, or else learnt from what was answered well.

    A client chooses them. So one is said only once several have used it, there are only so many, and whatever comes
    beyond is "other". A client that makes up names costs as much memory as one that does not.
    """

    def __init__(self, listed: Collection[str] = ()) -> None:
        self._known = set(listed)
        self._learns = not listed
        self._users: OrderedDict[str, set[Hashable]] = OrderedDict()

    def shown(self, name: str | None) -> str:
        """What may be said of a name: itself, or "other"; of an operation without one, "unnamed"."""
        if not name:
            return OTHER if name is None else UNNAMED
        return name if name in self._known else OTHER

    def answered(self, name: str | None, who: Hashable | None) -> None:
        """Learn: somebody's operation of this name was answered well. The candidate not used the longest makes room."""
        if not name or who is None or name in self._known or not self._learns:
            return
        if len(name) > LONGEST or len(self._known) >= MOST_NAMES:
            return
        users = self._users.pop(name, None) or set()
        users.add(who)
        if len(users) >= PEOPLE:
            self._known.add(name)
            return
        self._users[name] = users
        if len(self._users) > MOST_CANDIDATES:
            self._users.popitem(last=False)
