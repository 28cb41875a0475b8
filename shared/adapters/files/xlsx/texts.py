"""The texts that many cells of a workbook share, held as bytes: they may be most of it."""

from array import array
from io import BufferedReader

from shared.adapters.files.xlsx.parts import PartError, names, read_whole_part
from shared.adapters.files.xlsx.values import unescaped

_MOST_BYTES = 200_000_000
"""Of all texts. Cells that are written one after the other share none."""
LONGEST_TEXT = 10_000_000
"""Excel's own limit is 32,767 characters; BigQuery takes rows of up to 10 MB or so."""
_ITEM, _TEXT, _SAID = names("si"), names("t"), names("rPh")


class SharedTexts:
    """Each by its number, from 0."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()

    def add(self, text: str) -> None:
        """Raises PartError where they are more than can be held."""
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))
        if len(self._bytes) + 8 * len(self._ends) > _MOST_BYTES:
            raise PartError(f"has more than {_MOST_BYTES:,} bytes of texts; export its rows as CSV")


class TextParts:
    """The runs of one text as they are read, without what says how they are spoken."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._is_text = False
        self._spoken = 0

    def start(self, name: str) -> None:
        """An element begins within the text."""
        self._spoken += name in _SAID
        self._is_text = name in _TEXT and not self._spoken

    def end(self, name: str) -> None:
        """An element ends within the text."""
        self._spoken -= name in _SAID
        self._is_text = False

    def add(self, text: str) -> None:
        """Characters, wherever. Raises PartError for more of them than a row may have."""
        if not self._is_text:
            return
        self._parts.append(text)
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise PartError(f"has a text of more than {LONGEST_TEXT:,} characters")

    def take(self) -> str:
        """The text, which begins anew."""
        text = unescaped("".join(self._parts))
        self._parts, self._length = [], 0
        return text


def read_shared_texts(stream: BufferedReader) -> SharedTexts:
    """All of them. Raises PartError."""
    texts, parts = SharedTexts(), TextParts()

    def start(name: str, _: dict[str, str]) -> None:
        parts.start(name)

    def end(name: str) -> None:
        parts.end(name)
        if name in _ITEM:
            texts.add(parts.take())

    read_whole_part(stream, start=start, end=end, text=parts.add)
    return texts
