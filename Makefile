# The commands of the project, the same for people and for CI. Each does the set-up it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test fix golden bench

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: $(VENV)/.dev ## system libraries, the virtual environment, all dependencies

run: $(VENV)/.run ## open the window; ARGS="…" gives pmlviz a command line
	@$(BIN)/python -m pmlviz $(ARGS)

test: $(VENV)/.dev ## everything CI checks, quickest first
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2

fix: $(VENV)/.dev ## mend what can be mended: lint, order of imports, format
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

golden: $(VENV)/.dev ## accept the pictures and texts that the code draws now
	@$(BIN)/pytest -n 2 --update-goldens
	@git status --short tests/data docs

bench: $(VENV)/.run ## the project's own measurements; not a gate
	@$(BIN)/python bench/run.py

# Stamps: a second make has nothing to do, a changed pyproject.toml installs again.

$(VENV)/.system: scripts/system-packages
	@scripts/system-packages $(PYTHON)
	@mkdir -p $(VENV) && touch $@

$(VENV)/.python: | $(VENV)/.system
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.python
	@echo "Installing what pmlviz needs into $(VENV)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.python
	@echo "Installing what pmlviz and its tests need into $(VENV)"
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.run
