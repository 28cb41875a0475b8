"""Signs in an answer that more follow, whatever the paginator looks at."""

import re
from collections.abc import Iterator

from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.sources.rest_api.reading.json_selection import list_length, names_before
from shared.sources.rest_api.reading.session import Answer

_FLAGS = frozenset({"hasmore", "hasmoreitems", "hasnext", "hasnextpage", "morepages"})
_WAYS = frozenset(
    {"next", "nextcursor", "nextlink", "nextmarker", "nextpage", "nextpagelink", "nextpagetoken", "nextpageurl",
     "nextrecordsurl", "nexttoken", "nexturl", "odatanextlink"}
)  # fmt: skip
_NUMBERED_WAYS = frozenset({"nextcursor", "nextoffset", "nextpage", "nextpagetoken", "nexttoken"})
_PAGES = ("page", "currentpage", "pagenumber")
_PAGE_COUNTS = ("totalpages", "lastpage", "numpages", "pagecount")
_ROW_COUNTS = (
    "total",
    "totalcount",
    "totalelements",
    "totalitems",
    "totalrecords",
    "totalresults",
    "totalrows",
)
_AROUND = frozenset({"links", "meta", "metadata", "page", "pageinfo", "pagination", "paging"})


def sign_of_more(selector: JSONPath, answer: Answer) -> str | None:
    """What the answer says beside its rows: a next page's address or token, or that there are more."""
    if "next" in answer.links:
        return "Link"
    document, way = answer.document, names_before(selector)
    while isinstance(document, dict) and way:
        for key, value in _beside(document, way[0]):
            if _says_more(key, value):
                return key
        document, way = document.get(way[0]), way[1:]
    return None


def count_of_more(selector: JSONPath, answer: Answer, *, row_count: int) -> str | None:
    """What says that the list has more pages, or more rows than this one page."""
    document, way = answer.document, names_before(selector)
    length = list_length(selector, document)
    while isinstance(document, dict) and way:
        # To Python a boolean is a number.
        numbers = {
            _plain(key): (value, key) for key, value in _beside(document, way[0]) if type(value) is int
        }
        for count, key in (numbers[word] for word in _PAGE_COUNTS if word in numbers):
            page = next((numbers[word][0] for word in _PAGES if word in numbers), 1)
            if count > 1 and page < count:
                return key
        for count, key in (numbers[word] for word in _ROW_COUNTS if word in numbers):
            if length is not None and count > max(length, row_count):
                return key
        document, way = document.get(way[0]), way[1:]
    return None


def _beside(document: dict[str, JsonValue], name: str) -> Iterator[tuple[str, JsonValue]]:
    for key, value in document.items():
        if key != name:
            yield key, value
            if isinstance(value, dict) and _plain(key) in _AROUND:
                yield from value.items()


def _says_more(key: str, value: JsonValue) -> bool:
    if _plain(key) in _FLAGS:
        return value is True
    if isinstance(value, dict):
        value = value.get("href") or value.get("url")
    if _plain(key) in _NUMBERED_WAYS and type(value) is int:
        return value > 0
    # A number may be the next page's, or how many there are.
    return _plain(key) in _WAYS and isinstance(value, str) and value != ""


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())
