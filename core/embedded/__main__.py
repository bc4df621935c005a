"""``python -m core.embedded ACTION``.

run, dev: the whole application. start, stop, status, urls: the servers of DATA_DIR by hand. backup,
restore FILE: the database into one file and back. discard: stop the servers and delete a test run's folder.
"""

import argparse
import sys
from collections.abc import Callable

import psycopg2

from core.embedded import ServiceError, data_dir, discard, keep_running, running, stop, supervisor, urls
from core.embedded.backup import backup
from core.embedded.places import Services
from core.embedded.restore import restore


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m core.embedded",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("file", nargs="?", default="", help="the backup, for restore")
    parser.add_argument(
        "--throwaway", action="store_true", help="start: a new folder for tests, not crash-safe"
    )
    parser.add_argument("--resume", action="store_true", help="restore: send what waited in the backup")
    options = parser.parse_args(arguments)
    try:
        return ACTIONS[options.action](options) or 0
    except ServiceError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{data_dir()} cannot be used ({error}): check its owner and the room on the disk.")
    except psycopg2.Error as error:
        return _refused(
            f"The database refused ({str(error).strip().splitlines()[0]}): see {data_dir() / 'log'}."
        )


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _start(options: argparse.Namespace) -> None:
    _show(keep_running(data_dir(), throwaway=options.throwaway))


def _status(options: argparse.Namespace) -> int:
    up = running(data_dir())
    print("running" if up else "stopped")
    return 0 if up else 3


def _show(services: Services) -> None:
    print(f"DATABASE_URL={services.database_url}")
    print(f"MIGRATE_DATABASE_URL={services.migrate_database_url}")
    print(f"REDIS_URL={services.redis_url}")


def _backup(options: argparse.Namespace) -> None:
    backup()


ACTIONS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "run": lambda options: supervisor.main(),
    "dev": lambda options: supervisor.main(dev=True),
    "start": _start,
    "stop": lambda options: stop(data_dir()),
    "status": _status,
    "urls": lambda options: _show(urls(data_dir())),
    "backup": _backup,
    "restore": lambda options: restore(options.file, resume=options.resume),
    "discard": lambda options: discard(data_dir()),
}


if __name__ == "__main__":
    sys.exit(main())
