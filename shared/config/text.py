"""A configuration file's bytes as text, or why they are none."""

import codecs
from dataclasses import dataclass

LARGEST_TEXT = 1_000_000
"""Characters of one file."""
LARGEST_BYTES = 4 * LARGEST_TEXT
"""No UTF-8 text that is allowed has more."""

_OTHERS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


@dataclass(frozen=True)
class Unreadable:
    """Why something that is there can't be read as a file, and where in it; `is_folder` where it is a folder."""

    message: str
    line: int = 1
    column: int = 1
    is_folder: bool = False


TOO_LONG = Unreadable(f"is longer than {LARGEST_TEXT:,} characters")


def text_of(raw: bytes) -> str | Unreadable:
    """The text, which is UTF-8 without a byte-order mark and not too long; else why not, at its line and column."""
    if len(raw) > LARGEST_BYTES:
        return TOO_LONG
    if raw.startswith(codecs.BOM_UTF8):
        return Unreadable("begins with a byte-order mark; save it as UTF-8 without one")
    for mark, encoding in _OTHERS.items():
        if raw.startswith(mark):
            return Unreadable(f"is {encoding}; save it as UTF-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line_start = before.rfind("\n") + 1
        return Unreadable(
            f"is not UTF-8: the byte 0x{raw[error.start]:02X} can't be read; save it as UTF-8",
            before.count("\n") + 1,
            len(before) - line_start + 1,
        )
