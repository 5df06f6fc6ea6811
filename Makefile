# Everything a person does with a fresh clone. Needs Python 3.11, make and a package registry.
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup reading meaning hearing planning dev demo serve test format pictures bench audit lock clean \
	lint lint-style lint-format lint-arrows lint-types lint-templates

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check --require-hashes
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard mulin/locale/*/LC_MESSAGES/django.po))

help:
	@echo 'make setup   make .venv, so that .venv/bin/mulin is the command line'
	@echo 'make reading install what reads filled-in sheets of paper (some 300 MB)'
	@echo 'make meaning install what finds texts that mean the same (some 100 MB)'
	@echo 'make hearing install what writes recordings down (some 400 MB; the model apart)'
	@echo 'make planning install what plans rotas, lots and rounds (some 220 MB)'
	@echo 'make demo    a running community with years of life in it (MULIN_PORT, MULIN_DATA_DIR)'
	@echo 'make serve   the same process tree on your own data'
	@echo 'make test    every test on SQLite and on PostgreSQL, with a real browser; lint beside them'
	@echo 'make lint    style, types, arrows between packages, templates'
	@echo 'make format  let the formatter rewrite what lint would refuse'
	@echo 'make bench   the speed the product promises, measured'
	@echo 'make audit   ask which pinned packages have a known weakness (needs the network)'
	@echo 'make lock    remake the pinned requirements from requirements*.in'

# The stamps lie inside .venv: whoever deletes it starts afresh, and nothing is done twice.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo 'Mulin needs Python 3.11; none was found.'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Mulin needs Python 3.11 or newer; $(PYTHON) is older. Name one: make PYTHON=…'; exit 1; }
	@echo 'Making $(VENV) …'
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runs: $(VENV)/.made requirements.txt tools/install_command.py
	@echo 'Installing what Mulin runs on …'
	@$(PIP) -r requirements.txt
	@$(BIN)/python tools/install_command.py
	@touch $@

$(VENV)/.tests: $(VENV)/.runs requirements-dev.txt
	@echo 'Installing what the tests need …'
	@$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/.reads: $(VENV)/.runs requirements-reading.txt
	@echo 'Installing what reads sheets of paper …'
	@$(PIP) -r requirements-reading.txt
	@touch $@

$(VENV)/.means: $(VENV)/.runs requirements-meaning.txt
	@echo 'Installing what finds texts that mean the same …'
	@$(PIP) -r requirements-meaning.txt
	@touch $@

$(VENV)/.hears: $(VENV)/.runs requirements-hearing.txt
	@echo 'Installing what writes recordings down …'
	@$(PIP) -r requirements-hearing.txt
	@touch $@

$(VENV)/.plans: $(VENV)/.runs requirements-planning.txt
	@echo 'Installing what plans rotas, lots and rounds …'
	@$(PIP) -r requirements-planning.txt
	@touch $@

# By Babel, in Python: gettext's msgfmt may not be there.
%.mo: %.po $(VENV)/.runs
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

setup: $(VENV)/.runs $(CATALOGUES)

reading: setup $(VENV)/.reads

meaning: setup $(VENV)/.means

hearing: setup $(VENV)/.hears

planning: setup $(VENV)/.plans

dev: setup $(VENV)/.tests

demo: setup
	@exec $(BIN)/mulin demo

serve: setup
	@exec $(BIN)/mulin serve

test: dev
	@exec $(BIN)/python tools/test.py

lint: lint-style lint-format lint-arrows lint-types lint-templates

lint-style: dev
	@$(BIN)/ruff check --quiet --output-format=concise .

lint-format: dev
	@$(BIN)/ruff format --check --output-format=concise .

lint-arrows: dev
	@$(BIN)/lint-imports --no-logo

lint-types: dev
	@$(BIN)/mypy

lint-templates: dev
	@$(BIN)/djlint --quiet --lint mulin

format: dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: dev
	@KEEP_PICTURES=1 $(BIN)/python -m pytest --quiet tests/journeys/test_staff_guides.py

# What finds by meaning is measured, too, where its model can be had.
bench: dev
	@$(MAKE) --no-print-directory meaning || echo 'The model could not be had; recall by meaning is left out.'
	@exec $(BIN)/python -m bench

# Not a part of `make test`: it fails without the network, and is meant to.
audit:
	@$(PYTHON) tools/audit.py

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

lock: dev
	$(LOCK) --output-file requirements.txt requirements.in
	$(LOCK) --constraint requirements.txt --output-file requirements-planning.txt requirements-planning.in
	$(LOCK) --constraint requirements.txt --constraint requirements-planning.txt \
		--output-file requirements-reading.txt requirements-reading.in
	$(LOCK) --constraint requirements.txt --output-file requirements-meaning.txt requirements-meaning.in
	$(LOCK) --constraint requirements.txt --constraint requirements-reading.txt \
		--constraint requirements-planning.txt --output-file requirements-hearing.txt requirements-hearing.in
	$(LOCK) --constraint requirements.txt --constraint requirements-reading.txt \
		--constraint requirements-planning.txt --output-file requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find mulin -name '*.mo' -delete
