# Everything a fresh machine needs is Python 3.11 or newer; `make demo` and `make test` set up the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
DEMO   ?= splx compare demo

# Percent of branches that tests must take: of the engine, run as plain Python, and of the kernels, run by the engine.
MACHINE_FLOOR := 98
KERNEL_FLOOR  := 97
MACHINE_TESTS := tests/unit/machine tests/laws/test_machine_runs.py tests/laws/test_random_machines.py \
                 tests/unit/simulate/test_cover.py tests/unit/simulate/test_director.py \
                 tests/check/test_under_way.py::test_compiled_and_plain_find_the_same

.PHONY: help setup demo test test-machine coverage lint docs bench clean

help:
	@echo "make demo      compare four kernels on one recorded workload"
	@echo "make test      run the tests"
	@echo "make coverage  run them, and hold the floors of the machine's and the kernels' branches"
	@echo "make lint      style, types, floors and sizes"
	@echo "make docs      renew the generated pages, the outputs in the others, and the picture"
	@echo "make bench     measure the engine against its peers"
	@echo "make setup     only create $(VENV)"

setup: $(STAMP)

$(STAMP): pyproject.toml
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "splx needs Python 3.11 or newer; set PYTHON=")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	@touch $(STAMP)

demo: setup
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(DEMO)

test: setup
	@$(BIN)/python -m pytest $(ARGS) $(if $(FLOORS),--kernel-coverage=.kernel-coverage --kernel-floor=$(KERNEL_FLOOR))

test-machine: setup
	@$(BIN)/python -m pytest -q $(MACHINE_TESTS) --cov=splx.machine --cov-report=term-missing:skip-covered \
		--cov-fail-under=$(MACHINE_FLOOR)

coverage: test-machine
	@$(MAKE) --no-print-directory test FLOORS=1

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/sizes.py
	$(BIN)/python tools/manual.py --check

docs: setup
	$(BIN)/python tools/manual.py
	$(BIN)/python tools/tour.py --write README.md docs/first-scenario.md docs/own-mechanism.md docs/own-cost-model.md docs/checking.md docs/primitives.md docs/models.md docs/debate.md docs/designs.md
	$(BIN)/python tools/picture.py
	$(BIN)/python tools/run_goldens.py

bench: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .kernel-coverage
