"""Bounds of rules: texts of a type, and whole numbers."""

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo

from shared.domain.message import shortened
from shared.domain.model import WholeNumber, is_recorded
from shared.domain.read_as import ReadAs, canonical_text, comparable
from shared.domain.stated_keys import some_of

Bound = str | WholeNumber | Decimal | None
CountBound = Annotated[WholeNumber | None, Field(ge=0)]
SOME_BOUND = ConfigDict(json_schema_extra=some_of("minimum", "maximum"))
"""What the schema of a model with these two says, beside `require_bounds`."""
DECIMAL = {"pattern": r"^[0-9]{1,29}(\.[0-9]*)?$"}
"""What the schema says of a text that is a number from zero up."""
_LONGEST_SHOWN = 24


def given_bounds(minimum: Bound, maximum: Bound) -> tuple[tuple[str, str], ...]:
    """The bounds that there are, each with its name."""
    both = (("minimum", minimum), ("maximum", maximum))
    return tuple((name, str(bound)) for name, bound in both if bound is not None)


def require_bounds(bounds: tuple[tuple[str, str], ...], read_as: ReadAs, info: ValidationInfo) -> None:
    """Some bound, each of the type, and none above the other; recorded ones need only be there. Raises ValueError."""
    if not bounds:
        raise ValueError("needs 'minimum', 'maximum' or both")
    if is_recorded(info):
        return
    for name, bound in bounds:
        require_readable(bound, read_as, what=f"'{name}'")
    ordered = [comparable(bound, read_as) for _, bound in bounds]
    if ordered != sorted(ordered):
        raise ValueError("'minimum' is above 'maximum', so nothing could lie between them")


def require_readable(text: str, read_as: ReadAs, *, what: str) -> None:
    """Raises ValueError where the text is none of the type."""
    try:
        canonical_text(text, read_as)
    except ValueError as error:
        raise ValueError(f"{what} can't be read as {read_as}") from error


def canonical_or_none(text: str, read_as: ReadAs) -> str | None:
    """The text as BigQuery takes it; None where it is none of the type."""
    try:
        return canonical_text(text, read_as)
    except ValueError:
        return None


def shown(text: str) -> str:
    """A value in quotes, as a message shows it."""
    return f"'{shortened(text, longest=_LONGEST_SHOWN)}'"
