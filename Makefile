# Two commands do all the set-up: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask
# requirements-fonts.txt: a font for printed letters; its package names a typesetter it does not need, hence --no-deps.
export PINGZHENG_DEFAULT_MODE ?= demo

.PHONY: run test check fault bench tools format translations

run: .venv/runtime
	@$(FLASK) keys init
	@$(FLASK) db upgrade
	@$(FLASK) demo start
	@exec $(BIN)/gunicorn wsgi:app

test: tools
	@$(BIN)/python -m pytest

check: tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app/templates --lint --quiet
	@$(BIN)/python -m pytest

# What is too long for the gate: five backups under traffic, and a restore killed at twenty moments, on both databases.
fault: tools
	@FAULT_BACKUPS=5 FAULT_ROUNDS=20 $(BIN)/python -m pytest -n 0 tests/core/test_backup_under_traffic.py tests/core/test_restore_killed.py

bench: tools
	@$(BIN)/python -m bench

# Brings the catalogs up to the texts in code and templates; prints what is still to be translated.
translations: tools
	@$(BIN)/python -m tests.kit.catalogs

format: tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt requirements-fonts.txt | .venv/bin/pip
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-fonts.txt
	@touch $@

.venv/tests: requirements-dev.txt requirements-fonts.txt | .venv/bin/pip
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r requirements-fonts.txt
	@touch $@ .venv/runtime

tools: .venv/tests
	@bash tests/install-tools
