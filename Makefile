# Everything a newcomer needs: `make demo`, then `make test`. Only Python 3.11 or newer, git and make have to be there.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint infra/constraints.txt

.PHONY: help demo demo-news install install-dev test check train bench bench-peers faults clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: install ## the main job on a small archive, into corpus/demo, from the start each time
	@rm -rf corpus/demo
	$(BIN)/pressrun backfill tests/demo/demo.warc.gz --into corpus/demo --workers 2

demo-news: install ## collect a small web of made-up news sites, served on this machine, into corpus/news
	@rm -rf corpus/news
	$(BIN)/python -m tests.demo.news

install: $(VENV)/.installed ## the command `pressrun` in .venv/bin, versions pinned
install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Pressrun needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml infra/constraints.txt
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) --editable '.[dev]'
	@touch $@

test: install-dev ## all tests: a real S3 server, a real Prefect server, real Dask workers
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: install-dev ## format, lint, types, floors, tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(MAKE) test

faults: install-dev ## every kill and fault, then an hour in which something is killed every minute
	$(BIN)/python -m pytest tests/faults tests/tasks/storage
	$(BIN)/python -m tests.faults.soak --minutes 60

train: install-dev ## the nets of tasks/blocks anew, with their scores on sites that they have not seen
	$(BIN)/python -m tests.training

bench: install-dev ## ours against limits and beside the peers of bench-peers; TABLE=file.md keeps the tables
	$(BIN)/python -m tests.benchmarks $(if $(TABLE),--table $(TABLE))

bench-peers: .venv-peers/.installed .venv-datatrove/.installed ## what `make bench` compares with, in environments of its own

.venv-peers/.installed: tests/benchmarks/peers.txt
.venv-datatrove/.installed: tests/benchmarks/datatrove.txt
.venv-%/.installed:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

clean: ## remove what was made, corpora included
	rm -rf $(VENV) .venv-peers .venv-datatrove corpus build *.egg-info
