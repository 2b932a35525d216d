# Greffier.  `make run` and `make test` need nothing but Python 3.11, a C++ compiler and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SRC ?=
COLLECTION ?=
PRUNE ?=
RETRY ?=
PORT ?= 8501

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
export GREFFIER_PORT ?= $(PORT)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# GCC 12 leaves out half of what AMX tiles are set up with: llama.cpp would crash at its first prompt.
NO_AMX := $(shell cc=$${CC:-cc}; flags="-mno-amx-int8 -mno-amx-tile"; test "$$($$cc -dumpversion 2>/dev/null | cut -d. -f1)" -lt 13 2>/dev/null \
	&& $$cc $$flags -E -x c /dev/null >/dev/null 2>&1 && echo "$$flags")

PIP_INSTALL = CFLAGS="$(NO_AMX) $$CFLAGS" CXXFLAGS="$(NO_AMX) $$CXXFLAGS" $(BIN)/pip install --no-deps --progress-bar off
HEADLINES = sed -u -n -E '/^(Collecting|  Building|  Created|Successfully|ERROR|error)/p'
READS = $(BIN)/python -m models.reads

.DEFAULT_GOAL := help
.PHONY: help install install-dev tools run ingest watch test check bench clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Create the environment with exact versions (once; llama.cpp compiles for some minutes)

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v g++ >/dev/null || { echo "A C++ compiler is missing: apt-get install build-essential"; exit 1; }
	@test -x $(BIN)/python || { echo "[1/3] Creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "[2/3] Installing $$(grep -c == requirements.lock) packages at exact versions; compiling llama.cpp takes 3 to 10 minutes the first time"
	@$(PIP_INSTALL) -r requirements.lock 2>&1 | $(HEADLINES)
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable . 2>/dev/null || $(BIN)/pip install --quiet --no-deps --editable .
	@echo "[3/3] Checking that every package loads, and that llama.cpp can read"
	@$(BIN)/python -c "import faiss, llama_cpp, sentence_transformers, sqlalchemy, streamlit, tantivy"
	@$(READS) || { \
	  echo "The llama.cpp that pip had kept crashes on this processor: compiling it anew takes 3 to 10 minutes"; \
	  $(BIN)/pip cache remove llama_cpp_python >/dev/null 2>&1 || kept=--no-cache-dir; \
	  $(PIP_INSTALL) --force-reinstall $$kept "$$(grep ^llama_cpp_python requirements.lock)" 2>&1 | $(HEADLINES); \
	  $(READS) || echo "It still crashes: answers are written with its weights as they stand, more slowly"; }
	@touch $@

install-dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing $$(grep -c == requirements-dev.lock) packages for tests and checks"
	@$(BIN)/pip install --quiet --no-deps -r requirements-dev.lock && touch $@

tools: ## Debian packages that the tests drive: a browser, a tracer, character recognition in French
	@missing=; for tool in chromium strace tesseract; do command -v $$tool >/dev/null || missing="$$missing $${tool/%tesseract/tesseract-ocr}"; done; \
	tesseract --list-langs 2>/dev/null | grep -qx fra || missing="$$missing tesseract-ocr-fra"; \
	if [ -n "$$missing" ]; then echo "Installing$$missing (Debian packages)"; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing fonts-dejavu-core; } >/dev/null \
	  || { echo "Install these first: apt-get install$$missing"; exit 1; }; fi

run: install ## Ingest the sample corpus and serve the page
	@$(BIN)/greffier ingest app/sample/documents --collection saint-aubin
	@$(BIN)/greffier serve

ingest: install ## Ingest a folder: make ingest SRC=folder COLLECTION=name [PRUNE=1] [RETRY=1]
	@test -n "$(SRC)" -a -n "$(COLLECTION)" || { echo "make ingest SRC=folder COLLECTION=name"; exit 2; }
	@$(BIN)/greffier ingest "$(SRC)" --collection "$(COLLECTION)" $(if $(PRUNE),--prune) $(if $(RETRY),--retry)

watch: install ## Ingest a folder now and after each change: make watch SRC=folder COLLECTION=name
	@test -n "$(SRC)" -a -n "$(COLLECTION)" || { echo "make watch SRC=folder COLLECTION=name"; exit 2; }
	@$(BIN)/greffier watch "$(SRC)" --collection "$(COLLECTION)"

test: install-dev tools ## Run all tests, the acceptance tests included
	$(BIN)/pytest

check: install-dev ## Lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install-dev ## Run the benchmarks
	$(BIN)/python -m tests.benchmarks

clean: ## Remove caches (never the data directory)
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
