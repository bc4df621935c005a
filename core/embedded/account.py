"""Under which system account the servers run.

PostgreSQL refuses to run as root. When root starts it, the servers run as a system account that exists
already (``aftersales`` if the administrator made it, else ``nobody``); no account is ever added.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.embedded.errors import ServiceError

PREFERRED = ("aftersales", "nobody")


@dataclass(frozen=True)
class Account:
    """A system account by number and name."""

    uid: int
    gid: int
    name: str


def is_root() -> bool:
    return os.geteuid() == 0


def server_account(state: Path) -> Account:
    """The servers' account: ourselves, or as root the owner of existing ``state``, else a system one."""
    if not is_root():
        return _by_uid(os.geteuid())
    if state.exists() and state.stat().st_uid != 0:
        return _by_uid(state.stat().st_uid)
    return _system_account()


def _by_uid(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, os.getegid(), f"uid {uid}")
    return Account(uid, entry.pw_gid, entry.pw_name)


def _system_account() -> Account:
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise ServiceError(
        "PostgreSQL cannot run as root and there is no account 'nobody': start as an ordinary user."
    )


def run_as(account: Account) -> dict[str, Any]:
    """Arguments for ``subprocess`` that drop root's rights for good; none when we are that account."""
    if account.uid == os.geteuid():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def may_enter(account: Account, path: Path) -> bool:
    """Whether the account can reach ``path`` and enter or execute it; the kernel is asked."""
    if account.uid == os.geteuid():
        return os.access(path, os.X_OK)
    try:
        answer = subprocess.run(
            ["sh", "-c", '[ -x "$1" ]', "sh", str(path)],
            cwd="/",
            env={"PATH": os.defpath},
            check=False,
            **run_as(account),
        )
    except (PermissionError, OSError) as error:
        raise ServiceError(
            f"Root cannot start a program as {account.name} here ({error}): start as an ordinary user."
        ) from error
    return answer.returncode == 0


def own_folder(path: Path, account: Account, mode: int = 0o700) -> Path:
    """Make ``path`` for the account alone; an existing folder must belong to it and is not widened."""
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        if path.is_symlink() or path.stat().st_uid != account.uid:
            raise ServiceError(
                f"{path} belongs to another account: move it away or choose another DATA_DIR."
            ) from None
        return path
    os.chmod(path, mode)
    if account.uid != os.geteuid():
        os.chown(path, account.uid, account.gid)
    return path
