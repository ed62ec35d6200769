"""What every test shares: where the project is, and surroundings that do not depend on the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

RACINE = Path(__file__).resolve().parent.parent

# Before anything of the project is imported: neither the user's cache nor the terminal they happen to have.
os.environ["CAQES_CACHE"] = str(RACINE / ".pytest_cache" / "caqes")
os.environ["NO_COLOR"] = "1"
os.environ["COLUMNS"] = "120"
for _name in ("FORCE_COLOR", "CLICOLOR_FORCE", "CAQES_COULEUR"):
    os.environ.pop(_name, None)

# A run is repeated exactly by its seed; a slow machine is not a failure.
settings.register_profile("caqes", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("large", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("CAQES_ESSAIS", "caqes"))


@pytest.fixture(scope="session")
def racine() -> Path:
    """The checkout."""
    return RACINE


@pytest.fixture(scope="session")
def normandie_2018() -> Path:
    """The policy that the project ships as its main example."""
    return RACINE / "policies" / "normandie" / "2018.caqes"


@pytest.fixture(scope="session")
def retours_2018() -> Path:
    """The synthetic cohort of that policy."""
    return RACINE / "policies" / "normandie" / "exemples" / "2018-retours.csv"
