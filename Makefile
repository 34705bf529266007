# `make demo` and `make test` do everything on a fresh machine; the rest are habits.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CASES ?= 2000
SEED ?= 0
JOBS ?= 2
KILLS ?= 50
READY := $(VENV)/.ready

.PHONY: demo test test-fast fuzz kills lint type-check format docs web web-check clean

demo: $(READY)  ## Draw synthetic videos, fit an encoder, write demo/synchronized.mp4.
	$(BIN)/inphase draw --action pouring --count 9 -o demo/pouring
	$(BIN)/inphase synchronize demo/pouring -o demo/synchronized.mp4 --cache demo/cache
	@echo "Open demo/synchronized.mp4: nine glasses fill in step, with the sound of the most typical one."

test: $(READY)  ## All tests, with coverage.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart=0 --cov --cov-report=term

test-fast: $(READY)  ## Tests without the slow ones.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart=0 -m "not slow"

fuzz: $(READY)  ## Break CASES inputs, drawn from SEED, and run the verbs that read them.
	$(BIN)/python -m tests.fuzzing --cases $(CASES) --seed $(SEED) --jobs $(JOBS)

kills: $(READY)  ## Kill five verbs at random moments, KILLS times each, and run them again.
	$(BIN)/python -m tests.fuzzing.kills --kills $(KILLS) --seed $(SEED)

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

web: web/node_modules/.ready  ## Build the viewer's page into src/inphase/viewer/page.
	cd web && npm run --silent build

web-check: web/node_modules/.ready  ## Lint, types and tests of the page, and that the built one is made from it.
	cd web && npm run --silent lint && npm run --silent check && npm test --silent
	cd web && npm run --silent build -- --outDir node_modules/.page --logLevel warn
	@diff -r web/node_modules/.page src/inphase/viewer/page \
		|| { echo "The built page is not made from web/: run make web and commit it."; exit 1; }

web/node_modules/.ready: web/package-lock.json
	cd web && npm ci --silent --no-audit --no-fund
	@touch $@

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) web/node_modules demo site dist build .mypy_cache .ruff_cache .pytest_cache .coverage
