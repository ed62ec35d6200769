"""Hospital contract rules written once: checked, evaluated, explained and printed.

The public names live in `caqes_dsl.interface` and are read from it the first time one is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caqes_dsl.base.diagnostics import Diagnostic
    from caqes_dsl.interface import (
        PolicyError,
        annexe,
        charger,
        comparer,
        evaluer,
        expliquer,
        formater,
        montrer,
        verifier,
    )

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "PolicyError",
    "__version__",
    "annexe",
    "charger",
    "comparer",
    "evaluer",
    "expliquer",
    "formater",
    "montrer",
    "verifier",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when first read. Errors: AttributeError for any other."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("caqes_dsl.interface"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, imported or not yet."""
    return sorted({*globals(), *__all__})
