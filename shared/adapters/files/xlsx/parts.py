"""The parts of a workbook that are XML, read piece by piece."""

from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from xml.parsers import expat  # no elements are made, and a DTD ends it

_SPACES = (
    # ECMA-376, part 1, annex A: as Excel writes, and as "Strict Open XML Spreadsheet" says it.
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
_RELATION_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_PIECE_BYTES = 64 * 1024
_LONGEST_TAG_BYTES = 1_000_000
"""It is held in memory until its end."""

Attributes = Mapping[str, str]


class PartError(Exception):
    """A part that is not as the format says: `problem` goes on from "it"."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def names(*words: str) -> dict[str, str]:
    """The elements of these names, in any of the format's name spaces, by what the parser calls them."""
    return {f"{space}}}{word}": word for space in _SPACES for word in words}


def relation_id(attributes: Attributes) -> str | None:
    """The id of the relation that an element names."""
    return next((attributes[each] for each in _RELATION_IDS if each in attributes), None)


def is_on(attributes: Attributes, word: str) -> bool:
    """Whether an attribute says yes (xsd:boolean)."""
    return attributes.get(word) in ("1", "true", "on")


def read_part(
    stream: BufferedReader,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Tell of elements and text, and stop after each piece, for whoever takes what was made of it.

    Raises PartError for what is no such XML, and for a DTD, which could make much of little.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse
    given = 0
    try:
        while piece := stream.read(_PIECE_BYTES):
            parser.Parse(piece, False)
            given += len(piece)
            # Where it stands is the beginning of what has no end yet.
            if given - parser.CurrentByteIndex > _LONGEST_TAG_BYTES:
                raise PartError("has a tag that is longer than any that Excel writes")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise PartError("is no XML, or is cut off") from error
    yield


def read_whole_part(
    stream: BufferedReader,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """As `read_part`, to the end."""
    for _ in read_part(stream, start=start, end=end, text=text):
        pass


def _refuse(*_: object) -> None:
    raise PartError("declares entities, which no workbook does")
