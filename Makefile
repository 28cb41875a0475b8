PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
SEED ?=
QUICK ?=
ONLY ?=
COUNT ?= 1000000
ENV ?=
TERRAFORM ?= terraform
UPGRADE ?=

.PHONY: help setup lock format check test test-quick simulate mutants run demo bundle bench bench-peers plan deploy destroy test-terraform \
	for-an-environment clean

help:  ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready  ## make .venv with everything in it

.venv/.ready: requirements-dev.lock pyproject.toml
	@echo "Setting up .venv (once; a minute or two)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@$(BIN)/python -m local.bigquery.googlesql.library
	@touch $@

lock:  ## write the exact versions of all packages anew from pyproject.toml: UPGRADE=1 takes newer ones
	@test -x build/uv/bin/uv || $(PYTHON) -m venv build/uv
	@build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@build/uv/bin/python scripts/lock_requirements.py $(if $(UPGRADE),--upgrade)

format: setup  ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: setup  ## lint, types, imports, tenants' files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	CONFIGS_DIR=configs $(BIN)/convergence validate --check

test: setup  ## every test, on a network without a way out where the system makes one
	@$(BIN)/python -m tests.contract.bundle.install & bundle=$$!; \
		$(BIN)/python -m tests.contract.bigquery.dbt_install && wait $$bundle
	@# What is compiled is kept, whatever the environment says: some hundred processes start. Four at once on two cores
	@# too: many tests wait. What tests the tests is by itself: make mutants.
	PYTHONDONTWRITEBYTECODE= GCE_METADATA_ROOT=127.0.0.1:9 $(BIN)/python -m tests.offline $(BIN)/python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder --ignore=tests/mutants

test-quick: setup  ## what is quick to say: units, laws, architecture
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --hypothesis-profile=quick -m 'not slow' tests/contract/laws tests/architecture tests/unit

simulate: setup  ## random schedules of everything that can go wrong: SEED=123 COUNT=1 tells one step by step
	@$(BIN)/python -m tests.simulation --count $(COUNT) $(if $(SEED),--seed $(SEED))

mutants: setup  ## plant faults one by one: a test has to notice each
	$(BIN)/python -m pytest -q -n auto --maxprocesses 2 tests/mutants

run: setup  ## the platform on this machine, until Ctrl-C
	@$(BIN)/python -m local.run

demo: setup  ## one tenant, one run, every figure checked
	@$(BIN)/python -m local.demo

bundle:  ## the archive that the functions are deployed from: CONFIGS=configs puts those in too
	@$(PYTHON) scripts/build_bundle.py $(if $(CONFIGS),--configs $(CONFIGS))

bench: setup  ## how quick everything is, with bounds: QUICK=1 for a minute of it, ONLY="runs ingest" for parts
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

bench-peers: setup  ## the same work with DBOS, Prefect, Dagster, Airflow, dlt and DuckDB: QUICK=1, ONLY="dbos dlt"
	@$(BIN)/python -m benchmarks.peers $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

plan: for-an-environment setup bundle  ## what `make deploy` would change: ENV=dev
	$(BIN)/convergence validate --write
	$(TERRAFORM) -chdir=terraform plan -var-file=environments/$(ENV).tfvars

deploy: for-an-environment setup bundle  ## deploy platform and tenants to Google Cloud; shows what changes and asks: ENV=dev
	$(BIN)/convergence validate --write
	$(TERRAFORM) -chdir=terraform apply -var-file=environments/$(ENV).tfvars

destroy: for-an-environment setup bundle  ## take the platform down; datasets, tables and secrets stay: ENV=dev
	$(BIN)/python scripts/keep_tables.py --imports terraform/environments/$(ENV).imports $(TERRAFORM) -chdir=terraform
	$(TERRAFORM) -chdir=terraform destroy -var-file=environments/$(ENV).tfvars

for-an-environment:
	@test -n "$(ENV)" || { echo "Say for which environment, e.g. make $(MAKECMDGOALS) ENV=dev"; exit 2; }
	@test -f terraform/environments/$(ENV).tfvars || { echo "There is no terraform/environments/$(ENV).tfvars; write one after dev.tfvars"; exit 2; }
	$(TERRAFORM) -chdir=terraform init -input=false -reconfigure -backend-config=environments/$(ENV).gcs.tfbackend

test-terraform: setup  ## what Terraform declares, without credentials: TERRAFORM="..." is the command to use
	scripts/test-terraform.sh $(TERRAFORM)

clean:  ## remove .venv and all local data
	rm -rf .venv .local build dist *.egg-info
