# Two commands do everything: `make demo` and `make test`. Both install what they need into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.installed-bench
MUTANTS_INSTALLED := $(VENV)/.installed-mutants
DOCS_INSTALLED := $(VENV)/.installed-docs
# In one command with apiscribe, which requires it: pip looks for no runtime on an index.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --editable './runtime[client,server,postgresql]'
BENCH_RUNS ?= 5
# A module is tested by one process: its servers start once. `make lint` has run test_house.py.
PYTEST_OPTIONS := --dist loadfile --no-loadscope-reorder --ignore tests/test_house.py
# On two processors, the third process works while others wait for servers.
TEST_PROCESSES := --numprocesses 3
# Fast tests do not wait.
CHECK_PROCESSES := --numprocesses logical --maxprocesses 8

.PHONY: demo test check lint build score oracle contract engine fuzz watch mutants load bench docs clean

$(INSTALLED): pyproject.toml runtime/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable '.[dev]'
	touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	$(INSTALL) --editable '.[bench]'
	touch $@

$(MUTANTS_INSTALLED): $(INSTALLED)
	$(INSTALL) --editable '.[mutants]'
	touch $@

$(DOCS_INSTALLED): $(INSTALLED)
	$(INSTALL) --editable '.[docs]'
	touch $@

## Build the sample specs, serve them on SQLite, call every service over gRPC and HTTP, stop.
demo: $(INSTALLED)
	$(BIN)/apiscribe build
	$(BIN)/python tests/demo.py

## Lint, then every test that this machine has the tools for; with APISCRIBE_THOROUGH all that they try.
test: lint
	$(BIN)/pytest $(PYTEST_OPTIONS) $(TEST_PROCESSES) -rs

## Lint, then the tests that start no server, browser or database, install nothing and read no corpus.
check: lint
	$(BIN)/pytest $(PYTEST_OPTIONS) $(CHECK_PROCESSES) -m "not slow"

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet generator runtime templates tests benchmarks
	$(BIN)/mypy
	$(BIN)/pytest tests/test_house.py

## Write generated/ from specs/.
build: $(INSTALLED)
	$(BIN)/apiscribe build

## Measure how well the corpus is read, where there is one (APISCRIBE_CORPUS); keep the table.
score: $(INSTALLED)
	$(BIN)/python tests/score.py
	$(BIN)/python tests/half_pages.py
	$(BIN)/python tests/protobuf_score.py
	$(BIN)/python tests/http_score.py

## Compare what drift says of the corpus with what buf (installed with npm) and oasdiff say; keep the tables.
oracle: $(INSTALLED)
	$(BIN)/python tests/oracle.py
	$(BIN)/python tests/oracle_protobuf.py
	$(BIN)/python tests/oracle_openapi.py

## Serve a whole version of the corpus and test it against its OpenAPI document (schemathesis).
contract: $(INSTALLED)
	$(BIN)/python tests/contract.py

## Ask the published query engine (ENGINE_PYTHON) and a server the same: ENGINE_EXAMPLES queries (500).
engine: $(INSTALLED)
	$(BIN)/python tests/engine.py

## Try random pages, settings, sources and queries (FUZZ_KINDS) for FUZZ_SECONDS (60); keep what breaks in .fuzz/.
fuzz: $(INSTALLED)
	$(BIN)/python tests/fuzz.py

## Edit a spec at random for WATCH_SECONDS (60) under build --watch; compare each round with a cold build.
watch: $(INSTALLED)
	$(BIN)/python tests/watch_edits.py

## Change the code at random for MUTANT_SECONDS (600) and print the changes that no test notices (MUTANT_MODULES).
mutants: $(MUTANTS_INSTALLED)
	$(BIN)/python tests/mutants.py

## Serve 200 clients; kill workers, PostgreSQL and a primary meanwhile (LOAD_SCENES, LOAD_SECONDS, LOAD_CLIENTS).
load: $(INSTALLED)
	$(BIN)/python tests/load.py

## Measure what apiscribe costs beside what others cost (BENCH_SECTIONS, BENCH_RUNS); keep the table.
bench: $(BENCH_INSTALLED)
	$(BIN)/python -m benchmarks $(BENCH_SECTIONS) --runs $(BENCH_RUNS)

## Write the documentation as a site into site/.
docs: $(DOCS_INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean:
	rm -rf site $(VENV) dist benchmarks/.peers benchmarks/.kept .mypy_cache .ruff_cache .pytest_cache .hypothesis
