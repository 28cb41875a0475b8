"""Signs in an answer that more follow, whatever the paginator looks at."""

import re
from collections.abc import Iterator

from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.adapters.rest.json_selection import names_before
from shared.adapters.rest.session import Answer

_FLAGS = frozenset({"hasmore", "hasmoreitems", "hasnext", "hasnextpage", "morepages"})
_WAYS = frozenset(
    {"next", "nextcursor", "nextlink", "nextmarker", "nextpage", "nextpagelink", "nextpagetoken", "nextpageurl",
     "nextrecordsurl", "nexttoken", "nexturl", "odatanextlink"}
)  # fmt: skip
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
    # A number may be the next page's, or how many there are.
    return _plain(key) in _WAYS and isinstance(value, str) and value != ""


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.lower())
