# Everything starts here; each target prepares what it needs. Needs make and Python 3.11, nothing else.
#   PORT (8000), HOST (127.0.0.1), DATA_DIR (var), DATABASE_URL and REDIS_URL move or replace the parts.

PYTHON ?= python3
IN_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run dev install install-dev test lint soak bench pictures backup restore clean

help:       ## this list
	@sed -n 's/^\([a-z-]*\): .*## /\1\t/p; s/^\([a-z-]*\):  *## /\1\t/p' Makefile | sort -u

run: install        ## start the whole application and wait; Ctrl-C stops it
	@exec $(IN_VENV) -m core.embedded run

dev: install        ## the same, and every part starts again when its code changes
	@exec $(IN_VENV) -m core.embedded dev

install:        ## make .venv and install what the application runs on
	@$(PYTHON) tools/install.py

install-dev:        ## also what tests and lint need
	@$(PYTHON) tools/install.py --development

test: install-dev        ## all tests, browser included (ARGS passes arguments to pytest)
	@$(IN_VENV) tools/assets.py
	@$(IN_VENV) tools/messages.py
	@$(IN_VENV) tools/test.py $(ARGS)

lint: install-dev        ## style, types, imports, migrations, production settings, translations
	@$(IN_VENV) tools/lint.py

soak: install-dev        ## the long test runs
	@$(IN_VENV) tools/assets.py
	@$(IN_VENV) tools/messages.py
	@$(IN_VENV) tools/test.py --soak $(ARGS)

CASES ?= 100000
bench: install-dev        ## fill a database of its own with CASES (100000) cases and measure the running server
	@$(IN_VENV) tools/assets.py
	@$(IN_VENV) tools/messages.py
	@$(IN_VENV) -m bench.load --cases $(CASES)
	@$(IN_VENV) -m bench.drive --cases $(CASES) $(ARGS)

HOST ?= 127.0.0.1
PORT ?= 8000
DATA_DIR ?= var
pictures: install-dev        ## of every page of the running "make run": overflow, accessibility, files in pictures/
	@$(IN_VENV) tools/pictures.py http://$(HOST):$(PORT) $(DATA_DIR)/demo-logins.txt $(ARGS)

backup: install        ## write one backup file into DATA_DIR/backups
	@exec $(IN_VENV) -m core.embedded backup

# Both "make restore FILE=path" and "make restore path" are understood.
FILE ?= $(filter-out restore,$(MAKECMDGOALS))
restore: install        ## put a backup back: make restore FILE=path; the present data is kept beside it
	@exec $(IN_VENV) -m core.embedded restore "$(FILE)"

clean:        ## remove what tests and tools left; never the data of "make run"
	@test ! -x $(IN_VENV) || DATA_DIR=var/test $(IN_VENV) -m core.embedded discard
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache pictures
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

ifneq ($(filter restore,$(MAKECMDGOALS)),)
$(filter-out restore install,$(MAKECMDGOALS)):
	@:
endif
