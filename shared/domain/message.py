"""Sentences for people: lists and texts of any length, cut to what a person reads, and the word that was meant."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

LONGEST_MESSAGE = 1_000
"""Characters of an error message, wherever it is shown."""
_LONGEST_LIST = 300
_LONGEST_WORD = 100


def listed(words: Sequence[str], *, separator: str = ", ", longest: int = _LONGEST_LIST) -> str:
    """`a, b, c and 4,997 more`: as many of the words as have room in `longest` characters, but at least one."""
    shown: list[str] = []
    length = 0
    for word in words:
        short = shortened(word, longest=max(_LONGEST_WORD, longest // 3))
        length += len(short) + len(separator)
        if shown and length > longest:
            return f"{separator.join(shown)} and {len(words) - len(shown):,} more"
        shown.append(short)
    return separator.join(shown)


def shortened(text: str, *, longest: int = LONGEST_MESSAGE) -> str:
    """The text; its first `longest` characters, the last of them `…`, where it has more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def did_you_mean(word: str | None) -> str:
    """`. Did you mean 'word'?`: what ends a sentence where a word comes near to the one that is wrong."""
    return f". Did you mean '{word}'?" if word else ""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the word that `word` was probably meant to be, whatever its case; None if none comes near."""
    original_by_folded = {candidate.casefold(): candidate for candidate in words}
    found = get_close_matches(word.casefold(), original_by_folded, n=1)
    return original_by_folded[found[0]] if found else None
