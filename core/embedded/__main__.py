"""``python -m core.embedded ACTION``.

run, dev: the whole application. start, stop, status, urls: the servers of DATA_DIR by hand.
"""

import argparse
import sys

from core.embedded import ServiceError, data_dir, keep_running, running, stop, supervisor, urls


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.embedded", description=__doc__)
    parser.add_argument("action", choices=("run", "dev", "start", "stop", "status", "urls"))
    parser.add_argument(
        "--throwaway", action="store_true", help="a new folder for tests: fast, not crash-safe"
    )
    options = parser.parse_args(arguments)
    try:
        return _run(options.action, throwaway=options.throwaway)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


def _run(action: str, *, throwaway: bool) -> int:
    if action in {"run", "dev"}:
        supervisor.main(dev=action == "dev")
        return 0
    folder = data_dir()
    if action == "status":
        print("running" if running(folder) else "stopped")
        return 0 if running(folder) else 3
    if action == "stop":
        stop(folder)
        return 0
    services = urls(folder) if action == "urls" else keep_running(folder, throwaway=throwaway)
    print(f"DATABASE_URL={services.database_url}")
    print(f"MIGRATE_DATABASE_URL={services.migrate_database_url}")
    print(f"REDIS_URL={services.redis_url}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
