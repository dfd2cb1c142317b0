# Assumes python3 >= 3.11, make and a package index; everything else comes from requirements.lock.
PYTHON ?= python3
SCALE ?= 1
WORKERS ?= 2
BIN := .venv/bin
MADE := .venv/.made-from-lock
READY := .venv/.compiled
COMPILED := features/plan.py features/ledger.py $(shell grep -l "import njit" features/*.py models/*.py)

.DELETE_ON_ERROR:
.PHONY: demo test check bench lock clean

demo: $(READY)
	$(BIN)/funnelcast demo

# A file stays with one worker, as its tests share what is slow to make, and files are begun in their order, as the last are the
# shortest. The workers fill the cores; OpenMP's threads on top would wait for each other in loops.
test: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(MADE)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/pytest -q tests/test_house.py

bench: $(READY)
	$(BIN)/python -m benchmarks --scale $(SCALE)

# uv is ten times faster than pip and comes from the lock itself; where it finds no index, pip does it all.
$(MADE): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "funnelcast needs Python 3.11 or newer; \
	'$(PYTHON)' is older or missing. Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv from requirements.lock: about a minute and 1.3 GB, the first time only."
	@$(PYTHON) -m venv --clear .venv
	@awk '/^[a-z]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock
	@test -w "$$HOME" || export UV_CACHE_DIR=.venv/uv-cache; \
	$(BIN)/pip install --quiet --require-hashes --requirement .venv/uv.lock \
	&& $(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock \
	|| $(BIN)/pip install --require-hashes --requirement requirements.lock
	@rm -rf .venv/uv-cache .venv/uv.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# What is compiled is thrown away first: numba would keep constants of another file that have changed since.
$(READY): $(MADE) $(COMPILED)
	@echo "Compiling the kernels: about a minute, once a machine."
	@rm -f features/__pycache__/*.nb[ci] models/__pycache__/*.nb[ci]
	@$(BIN)/python -m features.compiled
	@$(BIN)/python -m models.compiled
	@touch $@

# Newer versions of everything: make lock UPGRADE=--upgrade
lock: $(MADE)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet $(UPGRADE) --output-file requirements.lock

clean:
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
