"""The entry points, for the Cloud runtime: it loads this module and takes the function by its name.

Each is loaded when it is asked for, so that a function pays only for what it uses.
"""

from collections.abc import Callable
from importlib import import_module

from flask import Request, Response

ENTRY_POINTS = ("health", "runs", "triggers", "executor", "reconciler")


def __getattr__(name: str) -> Callable[[Request], Response]:
    """The entry point of that name."""
    if name not in ENTRY_POINTS:
        raise AttributeError(f"module 'main' has no entry point '{name}'; it has {', '.join(ENTRY_POINTS)}")
    entry_point: Callable[[Request], Response] = getattr(import_module(f"functions.{name}.main"), name)
    return entry_point
