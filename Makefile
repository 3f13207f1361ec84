# All that is needed is installed on the way: see scripts/setup.
# ARGS are handed on: make decks ARGS="02-docker-layers --lang en"
SHELL := /bin/bash
BIN := .venv/bin
ARGS ?=
MINUTES ?= 5
WORKERS := -n 2 --dist loadgroup --no-loadscope-reorder
# For all systems and for every Python from the oldest that Livedeck runs on.
PIN = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--no-annotate --custom-compile-command "make constraints" --group build

.DEFAULT_GOAL := help
.PHONY: help decks capture test soak fuzz coverage lint setup constraints clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

decks: ## capture every deck on a fresh Docker host and build its slides into build/
	@scripts/setup decks
	@if timeout 20 docker version >/dev/null 2>&1; then \
		$(BIN)/livedeck build --live $(ARGS); \
	else \
		echo "decks: no Docker here (see above), so the slides show the committed records, not today's Docker"; \
		$(BIN)/livedeck build $(ARGS); \
	fi

capture: ## capture every deck and replace the committed records
	@scripts/setup decks
	@$(BIN)/livedeck capture $(ARGS)

test: lint ## lint, and the tests of every behaviour
	$(BIN)/pytest $(WORKERS) -m "not soak" $(ARGS)

soak: setup ## the long tables, repeats and slow sources that make test leaves out, and every hostile input; CI runs both
	$(BIN)/pytest $(WORKERS) -m "soak or hostile" $(ARGS)

fuzz: setup ## made-up content for every way in, for MINUTES each; what breaks something is left in build/fuzz/
	LIVEDECK_FUZZ_MINUTES=$(MINUTES) $(BIN)/pytest $(WORKERS) tests/fuzz $(ARGS)

coverage: setup ## all tests, those of make soak too, and which lines and branches they reach, child processes included
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(WORKERS) $(ARGS) || failed=$$?; \
		$(BIN)/coverage combine --quiet && $(BIN)/coverage report && exit $${failed:-0}

lint: setup ## style, spelling, types, direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/lint-imports
	shellcheck scripts/setup .ci/run

setup: ## install what decks and tests need, and nothing else
	@scripts/setup test

constraints: setup ## pin every Python package with its hashes; versions stay, unless ARGS=--upgrade
	$(PIN) $(ARGS) --extra dev --output-file constraints/test.txt pyproject.toml
	$(PIN) --constraints constraints/test.txt --output-file constraints/decks.txt pyproject.toml

clean: ## remove what Livedeck built
	@if [ -x $(BIN)/livedeck ]; then $(BIN)/livedeck clean $(ARGS); else echo "clean: there is no .venv, so nothing was built"; fi
