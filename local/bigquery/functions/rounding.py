"""FLOAT64 to a number of decimals, half away from zero, by the exact value of the double."""

from __future__ import annotations

# Whole numbers below are exact as doubles, and have no more digits than a DECIMAL of 64 bits.
_EXACT = 9e15


def is_small(value: str, decimals: int) -> str:
    """Whether the other functions of this module can round `value`."""
    return f"abs({value}) < {_EXACT / 10**decimals!r}"


def double(value: str, decimals: int) -> str:
    """`value` rounded, as a DOUBLE."""
    return (
        f"CASE WHEN {_is_clear(value, decimals)} THEN round({value} * 1e{decimals}) / 1e{decimals}"
        f" ELSE CAST({_narrow(value, decimals)} AS DOUBLE) END"
    )


def decimal(value: str, decimals: int) -> str:
    """`value` rounded, as a DECIMAL with so many decimals."""
    unit = f"CAST(1e-{decimals} AS DECIMAL({decimals},{decimals}))"
    return (
        f"CASE WHEN {_is_clear(value, decimals)}"
        f" THEN CAST(CAST(round({value} * 1e{decimals}) AS BIGINT) AS DECIMAL(19,0)) * {unit}"
        f" ELSE {_narrow(value, decimals)} END"
    )


def digits(value: str, decimals: int) -> str:
    """The digits of `value` as a text, with one decimal more than is wanted. Slow."""
    return f"left(printf('%.40f', {value}), {decimals - 39})"


def _is_clear(value: str, decimals: int) -> str:
    """Whether it is further from the middle of two roundings than its product with a power of ten may be wrong."""
    product = f"{value} * 1e{decimals}"
    return f"abs(abs({product} - round({product})) - 0.5) > abs({product}) * 1e-15"


def _narrow(value: str, decimals: int) -> str:
    return f"CAST({digits(value, decimals)} AS DECIMAL(18,{decimals}))"
