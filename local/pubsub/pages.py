"""Lists in pages: the token of a page is the last name before it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Named(Protocol):
    """What has a name and is listed by it."""

    name: str


NamedT = TypeVar("NamedT", bound=Named)

_LARGEST_PAGE = 1000


def page(items: Sequence[NamedT], *, page_size: int, page_token: str) -> tuple[list[NamedT], str]:
    """Return one page of `items`, which are sorted by name, and the token of the next, empty after the last."""
    size = min(page_size or _LARGEST_PAGE, _LARGEST_PAGE)
    rest = [item for item in items if item.name > page_token]
    shown = rest[:size]
    return shown, shown[-1].name if len(rest) > size else ""
