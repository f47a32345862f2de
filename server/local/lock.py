"""One user of a folder at a time: a lock that the kernel drops when its holder ends, however it ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from server.local.errors import LocalServerError


class FolderInUse(LocalServerError):
    """Another process holds the folder's lock."""


class FolderLock:
    """Holds `folder`/lock from construction to `release`.

    Raises FolderInUse at once when another process has it, and LocalServerError when this one may not open it.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except PermissionError as error:
            raise LocalServerError(f"{folder} belongs to another user: start this as them, or remove it") from error
        if os.geteuid() == 0:  # the folder's owner may come back without root
            os.fchown(self._file, folder.stat().st_uid, -1)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._file, 20).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise FolderInUse(f"{folder} is in use by another run (process {holder}); stop that one first") from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    @property
    def held(self) -> bool:
        """Whether it was not released."""
        return self._file >= 0

    def release(self) -> None:
        """Let others have the folder. The file stays: deleting it would let two others lock different files."""
        if self.held:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
