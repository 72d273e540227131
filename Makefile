# Two commands on a fresh clone: `make report` and `make test`. The rest is convenience.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NOTEBOOKS := $(wildcard notebooks/*.ipynb)

# Themes whose questions are not built yet; a theme leaves this list when its cases pass.
NOT_YET := attribution customers funnel geo inventory kpi pricing referral retro risk \
  staffing survey

.DEFAULT_GOAL := help
.PHONY: accept benchmark-forecasting help setup report test lab format lint unit reference notebooks outputs browser-ready lock benchmark clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY) ## make the environment (.venv) from requirements.lock

$(READY): requirements.lock pyproject.toml
	@sh scripts/check-system.sh $(PYTHON) python
	@sh scripts/setup.sh $(PYTHON) $(VENV)
	@touch $@

report: $(READY) ## prepare data, run every notebook that is stale, publish, say where the index is
	@$(BIN)/analysis report

# Three workers on two cores: many tests of runs and faults mostly wait.
test: $(READY) browser-ready format ## everything that CI checks
	@$(BIN)/analysis data
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --mpl tests --ignore tests/reference
	$(MAKE) --no-print-directory reference
	$(MAKE) --no-print-directory notebooks

format: $(READY)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks

lint: format ## format, lint, types
	$(BIN)/mypy

unit: $(READY) ## tests without browser and reference cases
	$(BIN)/python -m pytest --mpl tests --ignore tests/browser --ignore tests/reference

reference: $(READY) ## numeric cases with independent answers
	$(BIN)/python -m pytest -n 2 tests/reference $(addprefix --not-yet ,$(NOT_YET))

notebooks: $(READY) ## every committed notebook gives its committed outputs again
	@$(BIN)/analysis data >/dev/null
	$(BIN)/python -m pytest -n 2 --dist loadfile --nbval $(NOTEBOOKS)

outputs: $(READY) ## run every notebook from top to bottom and keep its outputs for the checks
	@$(BIN)/analysis data >/dev/null
	$(BIN)/python scripts/outputs.py $(NOTEBOOKS)

accept: export WHY ?=
accept: $(READY) ## take the present numbers and pictures as the accepted ones: make accept WHY="the reason"
	@$(BIN)/python scripts/accept.py --why "$$WHY"

browser-ready:
	@sh scripts/check-system.sh $(PYTHON) chromium

lab: $(READY) ## open JupyterLab with the project kernel
	@$(BIN)/analysis lab

lock: ## pin every dependency again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --group dev pyproject.toml -o requirements.lock --quiet

benchmark: $(READY) ## print the ratios of benchmarks/
	$(BIN)/python benchmarks/run.py

benchmark-forecasting: $(READY) ## forecasts beside those of the peers, which get an environment of their own
	$(BIN)/python benchmarks/forecasting.py

clean: ## remove the environment, caches, prepared data and published reports
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache
	find data/raw -mindepth 1 -maxdepth 1 ! -name plan ! -name catalog.toml -exec rm -rf {} +
	find data/processed reports -mindepth 1 -maxdepth 1 ! -name .gitkeep -exec rm -rf {} +
