# Two commands do all the set-up: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask
STYLES := tests/node_modules/.bin/prettier --log-level warn --print-width 132 "app/static/**/*.css"
# requirements-fonts.txt: a font for printed letters; its package names a typesetter it does not need, hence --no-deps.
export PINGZHENG_DEFAULT_MODE ?= demo

.PHONY: run test check thorough steady fault engines bench bench-releases tools format translations documents settings flask-command

run: .venv/runtime
	@$(FLASK) keys init
	@$(FLASK) db upgrade
	@$(FLASK) demo start
	@exec $(BIN)/gunicorn wsgi:app

test: tools
	@$(BIN)/python -m tests.gate

check: tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app/templates --lint --quiet
	$(BIN)/python -m tests.kit.templates --check
	$(STYLES) --check
	@$(BIN)/python -m tests.gate

# The gate's tests in their long forms: every page in every look, the journeys on both databases.
thorough: tools
	@THOROUGH=1 $(BIN)/python -m tests.gate

# The browser tests ten times on a machine made busy on purpose; prints which waited in vain, and how often.
steady: tools
	@$(BIN)/python -m tests.gate.steady

# What is too long for the gate: five backups under traffic, and a restore killed at twenty moments, on both databases.
fault: tools
	@FAULT_BACKUPS=5 FAULT_ROUNDS=20 $(BIN)/python -m pytest -n 0 tests/core/test_backup_under_traffic.py tests/core/test_restore_killed.py

# Every engine through every journey as a citizen would, without the gate's short cuts; writes the matrix into docs/browsers.md.
engines: tools
	@$(BIN)/python -m tests.engines

bench: tools
	@$(BIN)/python -m bench

# A scan beside one of the first release, built from its commit.
bench-releases: tools
	@$(BIN)/python -m bench.releases

# Brings the catalogs up to the texts in code and templates; prints what is still to be translated.
translations: tools
	@$(BIN)/python -m tests.kit.catalogs

# What documents show of the code: docs/data-model.md.
documents: tools
	@$(BIN)/python -m tests.kit.data_model
# Writes docs/settings.md from app/config; tests/house holds the two equal.
settings: tools
	@$(FLASK) config list --markdown > docs/settings.md

format: tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tests.kit.templates
	$(STYLES) --write

# What another interpreter has made is never up to date: `make PYTHON=/usr/bin/python3 …` makes .venv anew.
ifneq ($(shell $(PYTHON) deploy/make-venv --is-own),yes)
.PHONY: .venv/bin/pip .venv/runtime .venv/tests
endif

.venv/bin/pip:
	@$(PYTHON) deploy/make-venv

.venv/runtime: requirements.txt requirements-fonts.txt | .venv/bin/pip
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-fonts.txt
	@$(MAKE) --silent flask-command
	@touch $@

.venv/tests: requirements-dev.txt requirements-fonts.txt | .venv/bin/pip
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-fonts.txt
	@$(MAKE) --silent flask-command
	@touch $@ .venv/runtime

# `flask` begins in app/console.py, so that `flask --version` names this program; pip's own would name Flask alone.
flask-command:
	@printf '#!/bin/sh\nexec "%s/python" -c '"'import sys; sys.path.insert(0, \"%s\"); from app.console import main; main()'"' "$$@"\n' \
		"$(abspath $(BIN))" "$(CURDIR)" > $(BIN)/flask
	@chmod 755 $(BIN)/flask

tools: .venv/tests
	@bash tests/install-tools
