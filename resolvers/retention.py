"""How long things are kept that serve a purpose for a time, as the operator has set it."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """`reports`: how long a report and what it discloses are kept, from its beginning and again from its decision."""

    reports: timedelta = timedelta(days=365)
