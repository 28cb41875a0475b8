"""Time zones by the names of the IANA database, spelt exactly: Cloud Scheduler knows no others."""

from functools import cache
from importlib import resources

from shared.domain.message import did_you_mean, nearest, shortened

_LONGEST_SHOWN = 100
_NO_PLACE = frozenset({"Factory"})
"""In the database for those who have not chosen yet."""


def require_time_zone(text: str) -> str:
    """The text, if it names a time zone. Raises ValueError with the name that was probably meant."""
    if text in _names():
        return text
    meant = did_you_mean(nearest(text, sorted(_names())))
    shown = shortened(text, longest=_LONGEST_SHOWN)
    raise ValueError(f"'{shown}' is not the name of a time zone, such as Etc/UTC or Europe/Berlin{meant}")


@cache
def _names() -> frozenset[str]:
    # The list and not the files: of these a system has more, and some systems don't tell capitals from small letters.
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - _NO_PLACE
