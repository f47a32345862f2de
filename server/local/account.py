"""Which user the local servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from server.local.errors import LocalServerError


@dataclass(frozen=True)
class Account:
    """A user to become before a server starts."""

    name: str
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """The user to drop to, or None when this process is not root and may run servers as itself.

    A folder that already belongs to somebody keeps its owner: data made without root stay usable without root.
    """
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid if folder.exists() else 0
    for find in (partial(pwd.getpwuid, owner), partial(pwd.getpwnam, "postgres"), partial(pwd.getpwnam, "nobody")):
        try:
            entry = find()
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LocalServerError(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as. "
        "Start this as an ordinary user, or name a server with MENTORSHIP_DATABASE_URL."
    )


def may(account: Account, right: str, path: Path) -> bool:
    """Whether the user has a right to a path through all its parents; `right` is a letter of test(1): r, w or x.

    Asked of the system as that user, because mode bits alone do not tell (ACLs, mounts, namespaces).
    """
    try:
        answer = subprocess.run(
            ["/bin/sh", "-c", f'test -{right} "$0"', str(path)],
            cwd="/",
            env={"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalServerError(
            f"Could not become the user {account.name} to run a local server: {error}. "
            "Start this as an ordinary user, or name servers with MENTORSHIP_DATABASE_URL and MENTORSHIP_REDIS_URL."
        ) from error
    return answer.returncode == 0
