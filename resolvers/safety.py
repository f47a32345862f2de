"""What an operator sets for people's safety: where to find help, and how long reports are kept as evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Safety:
    """`help_lines`: where somebody in danger finds help at once. `keep_reports`: how long a report and what it
    discloses are kept, from its beginning and again from its decision."""

    help_lines: Sequence[str] = ()
    keep_reports: timedelta = timedelta(days=365)
