"""What a case expects of a function that the stand-in has not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """The function is refused by its name, with a message that holds `word`."""

    word: str
