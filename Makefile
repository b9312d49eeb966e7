# Needs Python 3.11 or newer and make. `make` alone sets up .venv; `make demo` shows the whole way.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
OURS := events schemas warehouse reports flows

.DELETE_ON_ERROR:
.PHONY: setup demo test nightly bench check format lock clean

setup: $(READY)

# Whatever the umask: as root, the embedded PostgreSQL runs as another account, which has to read its programs.
$(READY): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Nguon needs Python 3.11 or newer, and $(PYTHON) is not: name another one, as in 'make PYTHON=python3.13'." >&2; exit 1; }
	@umask 022; test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
	  echo "$(PYTHON) cannot make .venv: on Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	umask 022; $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	umask 022; $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	$(BIN)/nguon demo

test: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal $(TEST)

# The same tests with many more examples and kills: hours.
nightly: $(READY)
	NIGHTLY=1 $(BIN)/pytest -n 2 --dist worksteal $(TEST)

bench: $(READY)
	$(BIN)/python -m benchmarks $(BENCH)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What runs, and beside it what develops and tests: the second holds the first, version for version.
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --quiet
lock: $(READY)
	$(LOCK) --extra dask --extra timestamps -o requirements.lock
	$(LOCK) --extra dask --extra timestamps --extra dev --extra bench --constraint requirements.lock -o requirements-dev.lock

# What Nguon keeps (.nguon, or NGUON_HOME) is the person's: no target touches it.
clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist
	find $(OURS) tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
