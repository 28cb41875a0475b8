"""What a correction is, and the calls that corrections are written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

Correction = Callable[[Any], exp.Expression | None]


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """A call of one of our macros; the arguments are copied."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
