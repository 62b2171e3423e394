.DEFAULT_GOAL := help
.PHONY: help run setup web train test check lint-data format lock clean

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
RASA_PYTHON := .venv-rasa/bin/python

help: ## Show what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup web ## Start everything: database, Rasa, server; Ctrl-C stops it
	@.venv/bin/baodan run

setup: ## Make .venv and .venv-rasa from the lock files, if these have changed
	@scripts/setup.sh

web: setup ## Build the browser code, if its sources have changed
	@$(PYTHON) scripts/build_web.py

train: setup ## Train the model, if its data has changed
	@.venv/bin/baodan train

check: setup ## Format, lint, types, imports, data and unit tests without Rasa; under a minute
	@scripts/check.sh

test: setup web train check ## Everything: checks, then all tests against the real Rasa, database and browser
	@scripts/test.sh

format: setup ## Put the code into the project's format
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --quiet .

lock: ## Pin the requirements anew; ARGS="--upgrade" for newer versions
	@scripts/lock.sh $(ARGS)

clean: ## Remove environments, builds and models; the database in var/ stays
	rm -rf .venv .venv-rasa var/models web/*/node_modules web/*/dist
