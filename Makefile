.DEFAULT_GOAL := help
.PHONY: help run setup web train lint check test bench bench-nlu bench-knowledge soak-wechat load-desk screenshots format lock clean
.NOTPARALLEL:

help: ## Show what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /#/' | awk -F'#' '{ printf "%-15s %s\n", $$1, $$2 }'

run: setup web ## Start everything: database, Rasa, server; Ctrl-C stops it
	@exec .venv/bin/baodan run

setup: ## Make .venv and .venv-rasa from the lock files, if these have changed
	@scripts/setup.sh

web: setup ## Build the browser code, if its sources have changed
	@.venv/bin/python scripts/build_web.py

train: setup ## Train the model, if its data has changed
	@.venv/bin/baodan train

lint: setup ## Format, lint, types, imports, training data and knowledge; no tests
	@scripts/check.sh static

check: setup ## All of lint, and the unit tests that need neither Rasa nor PostgreSQL; under a minute
	@scripts/check.sh

test: setup web train lint ## Everything: lint, then all tests with the real Rasa, database and browser
	@scripts/test.sh

bench: setup web train ## Measure the running product (docs/measurements.md); ARGS="--seconds 2" for less
	@.venv/bin/python -m bench $(ARGS)

bench-nlu: setup ## Compare ways of understanding, on tests/nlu; ARGS="--phrases 40" for DIET in minutes, "--real FILE.tsv"
	@scripts/setup.sh bench-nlu && .venv/bin/python -m bench.nlu $(ARGS)

bench-knowledge: setup ## Right answers and answer time without Rasa; ARGS="FILE.tsv --sections 2000"
	@.venv/bin/python -m bench.knowledge $(ARGS)

soak-wechat: setup ## The WeChat channel under faults and kills at full size: 2,000 messages, 20,000 broken pushes
	@WECHAT_SOAK=full WECHAT_FUZZ=20000 .venv/bin/python -m pytest -s -q tests/e2e/test_wechat_soak.py tests/gateway/wechat/test_refusals.py

load-desk: setup web ## The desk under load at full size: two specialists, 40 conversations each, 5 messages a second
	@DESK_LOAD=full .venv/bin/python -m pytest -s -q tests/e2e/test_desk_load.py

screenshots: setup web train ## Make the pictures of the README anew, from a product of its own
	@.venv/bin/python scripts/screenshots.py

format: setup ## Put the Python code into the project's format
	@.venv/bin/ruff check --fix --quiet .; .venv/bin/ruff format --quiet .

lock: setup ## Pin the requirements anew; ARGS="--upgrade" for newer versions
	@scripts/lock.sh $(ARGS)

clean: ## Remove environments, builds and models; the database in var/ stays
	rm -rf .venv .venv-rasa .venv-bench var/models web/*/node_modules web/*/dist
