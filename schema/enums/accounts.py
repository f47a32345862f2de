"""What clients read of the values of enums: those of accounts."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.DataExportState,
    "Where a copy of one's own data stands.",
    {
        "WAITING": "It is being made.",
        "READY": "It can be fetched, until `expiresAt`.",
        "EXPIRED": "It was kept for a week, and is gone. Ask for a new one whenever you like.",
        "FAILED": "It could not be made. Ask for another one.",
    },
)
