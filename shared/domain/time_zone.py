"""Time zones by the names of the IANA database, spelt exactly: Cloud Scheduler knows no others."""

from difflib import get_close_matches
from functools import cache
from importlib import resources

from shared.domain.message import did_you_mean, shortened

_LONGEST_SHOWN = 100
_NO_PLACE = frozenset({"Factory"})
"""In the database for those who have not chosen yet."""


def require_time_zone(text: str) -> str:
    """The text, if it names a time zone. Raises ValueError with the name that was probably meant."""
    if text in _names():
        return text
    by_folded = {name.casefold(): name for name in _names()}
    near = get_close_matches(text.casefold(), by_folded, n=1)
    meant = did_you_mean(by_folded[near[0]] if near else None)
    shown = shortened(text, longest=_LONGEST_SHOWN)
    raise ValueError(f"'{shown}' is not the name of a time zone, such as Etc/UTC or Europe/Berlin{meant}")


@cache
def _names() -> frozenset[str]:
    # The list and not the files: of these a system has more, and some systems don't tell capitals from small letters.
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - _NO_PLACE
