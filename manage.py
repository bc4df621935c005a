#!/usr/bin/env python3
"""Django's command line; the data folder's PostgreSQL and Redis run for as long as a command needs them."""

import os
import sys

# These never open a database, or bring up what they need themselves.
WITHOUT_SERVERS = {
    "", "check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "run", "version",
    "--help", "-h", "--version",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings.trial")
    from core.embedded import ServiceError, for_command

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        with for_command(needed=command not in WITHOUT_SERVERS):
            _execute()
    except ServiceError as error:
        sys.exit(str(error))


def _execute() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
