"""What the Python peers are started with: settings from the environment, and a uvicorn as fast as this server's."""

import os
from dataclasses import dataclass

import uvicorn


@dataclass(frozen=True)
class PeerSettings:
    """The PEER_ variables."""

    database_url: str
    redis_url: str
    key: str
    port: int
    workers: int

    @classmethod
    def from_environment(cls) -> "PeerSettings":
        """The settings of this process."""
        told = os.environ
        return cls(
            told["PEER_DATABASE_URL"],
            told["PEER_REDIS_URL"],
            told["PEER_SECRET_KEY"],
            int(told["PEER_PORT"]),
            int(told.get("PEER_WORKERS", "1")),
        )


def serve(application: str) -> None:
    """Serve the application that the factory makes, `module:function`, until SIGTERM."""
    settings = PeerSettings.from_environment()
    uvicorn.run(
        application,
        factory=True,
        host="127.0.0.1",
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        access_log=False,
        log_level="warning",
    )
