# `make demo` and `make test` do everything on a fresh machine; the rest are habits.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test test-fast lint type-check format docs clean

demo: $(READY)  ## Draw synthetic videos, fit an encoder, write demo/synchronized.mp4.
	$(BIN)/inphase draw --action pouring --count 9 -o demo/pouring
	$(BIN)/inphase synchronize demo/pouring -o demo/synchronized.mp4 --cache demo/cache
	@echo "Open demo/synchronized.mp4: nine glasses fill in step, with the sound of the most typical one."

test: $(READY)  ## All tests, with coverage.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --cov --cov-report=term

test-fast: $(READY)  ## Tests without the slow ones.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type-check: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)  ## Build the documentation into site/.
	$(BIN)/pip install --quiet --constraint constraints.txt -e ".[docs]"
	$(BIN)/mkdocs build --strict

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) demo site dist build .mypy_cache .ruff_cache .pytest_cache .coverage
