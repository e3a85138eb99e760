# Every target sets up what it needs: see tools/setup.sh. Another interpreter: make PYTHON=python3.12 test

.DEFAULT_GOAL := help
.NOTPARALLEL:

PY    := .venv/bin/python
LICET := .venv/bin/licet

# one that may go, one that is held, one that must stop
DEMO    ?= examples/05_patch_for_existing_network.json examples/03_spare_part_certification_not_stated.json \
           examples/06_chips_for_new_base_stations.json
WORKERS ?= auto
FUZZ    ?= $(PY) -m pytest -m fuzz tests/fuzz
MUTATE  ?= $(PY) -m licet.authoring.mutate --list $(if $(SAMPLE),--sample $(SAMPLE) --seed $(SEED))
SEED    ?= 1
BENCH   ?= $(PY) benchmarks/bench.py
NAMES   ?= $(PY) benchmarks/screening.py
SOAK    ?= $(PY) benchmarks/soak.py

heading = @printf '\n== %s\n' '$(1)'

.PHONY: help demo test lint types check cases unit fuzz mutate bench names soak wheel clean ready-to-run ready-to-test

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | awk -F '\t' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: ready-to-run ## evaluate three example orders: go, hold and stop
	$(call heading,licet evaluate $(DEMO))
	@$(LICET) evaluate $(DEMO); code=$$?; \
	if [ $$code -ne 2 ]; then echo "the demo went wrong: expected exit code 2 (stop), got $$code"; exit 1; fi; \
	printf '\n%s\n' "The exit code was 2, as it should be: over several orders the worst counts, and one of them must stop."

test: lint types check cases unit ## everything that must hold before a change goes in
	@printf '\n%s\n' 'all of it passed'

lint: ready-to-test ## style of the code (ruff)
	$(call heading,lint: ruff)
	@$(PY) -m ruff check

types: ready-to-test ## types of the code (mypy, strict)
	$(call heading,types: mypy)
	@$(PY) -m mypy

check: ready-to-test ## the policies: every rule, table and list is well formed
	$(call heading,check: the policies)
	@$(LICET) check

cases: ready-to-test ## the policies: every case comes out as it says
	$(call heading,cases: the policies decide as their cases say)
	@$(LICET) test

unit: ready-to-test ## the engine: pytest
	$(call heading,unit: pytest)
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile

fuzz: ready-to-test ## random packs and orders: every backend must agree (long)
	@$(FUZZ)

mutate: ready-to-test ## change the rules one by one: some case must notice (long; SAMPLE=500 draws so many)
	@$(MUTATE)

bench: ## speed, beside other engines
	@tools/setup.sh bench
	@$(BENCH)

names: ## matching of names, quality and speed, beside others
	@tools/setup.sh bench
	@$(NAMES)

soak: ready-to-run ## five million orders in eight threads: answers and memory stay as they are
	@$(SOAK)

wheel: ready-to-test ## dist/: the wheel and the source distribution
	@$(PY) -m build --no-isolation

clean: ## remove what these targets made
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-to-run:
	@tools/setup.sh run

ready-to-test:
	@tools/setup.sh dev
