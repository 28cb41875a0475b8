PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
SEED ?=
COUNT ?= 1000000

.PHONY: help setup format check test simulate mutants run demo clean

help:  ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready  ## make .venv with everything in it

.venv/.ready: requirements-dev.lock pyproject.toml
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

format: setup  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: setup  ## lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup  ## every test
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile

simulate: setup  ## random schedules of everything that can go wrong: SEED=123 COUNT=1 tells one step by step
	@$(BIN)/python -m tests.simulation --count $(COUNT) $(if $(SEED),--seed $(SEED))

mutants: setup  ## plant faults one by one: a test has to notice each
	$(BIN)/python -m pytest -v -n auto --maxprocesses 2 tests/mutants

run: setup  ## the platform on this machine, until Ctrl-C
	@$(BIN)/python -m local.run

demo: setup  ## one tenant, one run, every figure checked
	@$(BIN)/python -m local.demo

clean:  ## remove .venv and all local data
	rm -rf .venv .local build dist *.egg-info
