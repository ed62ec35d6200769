# `make demo` montre à quoi sert caqes ; `make test` vérifie tout. Rien d'autre à installer : Python 3.11 et make.

VENV ?= .venv
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
ROUE_PIP := $(wildcard outils/pip-*.whl)
# Le premier Python assez récent ; `make PYTHON=/chemin/de/python` en impose un autre.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# Nombre de processus de test ; « 0 » les garde dans un seul.
N ?= auto

.PHONY: help demo test test-documents test-moteurs marathon lint types check format verrous docs clean
.DEFAULT_GOAL := help

help: ## cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## vérifie, évalue, explique et imprime la politique de Normandie 2018
	@PATH="$(abspath $(BIN)):$$PATH" sh outils/demo.sh

test: lint types ## tout vérifier : style, types, étages, tests
	$(BIN)/python -m pytest -n $(N) --dist loadgroup

test-documents: $(VENV)/.documents ## les essais qui demandent LibreOffice, Chromium et poppler
	@sh outils/essais-documents.sh
	$(BIN)/python -m pytest -n 0 -m documents

test-moteurs: $(VENV)/.moteurs ## les essais qui demandent PostgreSQL et Spark
	@sh outils/essais-moteurs.sh
	$(BIN)/python -m pytest -n 0 -m moteurs

marathon: $(VENV)/.dev ## les essais longs : tout ce qui se croise
	$(BIN)/python -m pytest -n $(N) -m marathon

lint: $(VENV)/.dev ## style et sens des imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev ## types (mypy strict)
	$(BIN)/mypy

format: $(VENV)/.dev ## remet le code en forme
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.docs ## le guide et la référence en un site lisible sans réseau, dans build/site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict
	@echo "Ouvrez build/site/guide.html"

clean: ## retire ce qui a été construit (l'environnement reste)
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find caqes_dsl tests policies -name __pycache__ -type d -prune -exec rm -rf {} +

# --- l'environnement --------------------------------------------------------------------------------------------------
# Un témoin par ensemble de paquets : une seconde exécution n'installe rien. La roue de pip est fournie dans outils/
# car un Debian nu n'a pas `ensurepip`. Les empreintes des verrous sont exigées.

$(VENV)/.pip: $(ROUE_PIP)
	@test -n "$(PYTHON)" || { echo "caqes demande Python 3.11 ou plus récent (make PYTHON=…)." >&2; exit 1; }
	@echo "Création de l'environnement $(VENV)…"
	@$(PYTHON) -m venv --without-pip $(VENV)
	@$(BIN)/python $(ROUE_PIP)/pip --disable-pip-version-check -qq install --no-index $(ROUE_PIP)
	@touch $@

$(VENV)/.demo: requirements.lock pyproject.toml $(VENV)/.pip
	@echo "Installation de ce que demande caqes…"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml $(VENV)/.pip
	@echo "Installation de ce que demandent caqes et ses essais…"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo

# axe-core, sans le pilote de navigateur qui l'accompagne : les essais parlent eux-mêmes à Chromium.
$(VENV)/.documents: outils/essais-documents.txt $(VENV)/.dev
	@echo "Installation de ce que demandent les essais des documents…"
	@$(PIP) install --require-hashes --no-deps -r outils/essais-documents.txt
	@touch $@

$(VENV)/.docs: pyproject.toml $(VENV)/.demo
	@echo "Installation de ce que demande le site…"
	@$(PIP) install "mkdocs-material>=9.6,<10"
	@touch $@

# Spark, un moteur de plus que les extras courants.
$(VENV)/.moteurs: outils/essais-moteurs.txt $(VENV)/.dev
	@echo "Installation de ce que demandent les essais des moteurs…"
	@$(PIP) install --require-hashes -r outils/essais-moteurs.txt
	@touch $@

# Les verrous se refont avec `uv`, sur toutes les plates-formes à la fois ; ils ne nomment aucun dépôt de paquets.
VERROUILLER = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url

verrous: ## refait les verrous depuis pyproject.toml (demande uv)
	$(VERROUILLER) pyproject.toml --extra tout --group dev -o requirements-dev.lock
	$(VERROUILLER) pyproject.toml outils/construction.in --extra documents -c requirements-dev.lock -o requirements.lock
