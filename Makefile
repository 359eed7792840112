PY = .venv/bin/python

.PHONY: check format test demo lock docs messages
check: ## format, lint, types, layers, house rules, unit tests
	$(PY) -m ruff format --check src tests scripts
	$(PY) -m ruff check src tests scripts
	.venv/bin/djangofmt --check src/linli/web/templates
	$(PY) -m mypy
	.venv/bin/deptry src
	PYTHONPATH=src .venv/bin/lint-imports --no-cache
	$(PY) -m pytest -q -n 2 -m "not browser and not processes and not realdata and not fuzz"

format: ## lay out Python and templates
	$(PY) -m ruff format src tests scripts
	$(PY) -m ruff check --fix src tests scripts
	.venv/bin/djangofmt --quiet src/linli/web/templates

test: ## everything
	./run test

demo: ## the living demo town
	./run demo

docs: ## write docs/map.md and docs/capabilities.md anew
	./run linli docs

messages: ## compile the message catalogues
	$(PY) -m babel.messages.frontend compile -d src/linli/web/locale -D django

lock: ## resolve the hash-locked lists anew
	$(PY) -m uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile -q --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements-dev.lock
