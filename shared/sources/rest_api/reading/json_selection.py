"""Where in an answer something is, by JSONPath."""

from jsonpath_ng import Child, Fields, JSONPath, Root, This
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse
from pydantic import JsonValue

from shared.domain.errors import StepError


def json_path(text: str) -> JSONPath:
    """The path; raises StepError for what is none."""
    try:
        return parse(text)
    except (JSONPathError, ValueError, TypeError):
        raise StepError(f"'{text}' is not a path into the answer, such as data.items") from None


def found(path: JSONPath, document: JsonValue) -> list[JsonValue]:
    """The values at the path."""
    return [match.value for match in path.find(document)]


def missing_part(path: JSONPath, document: JsonValue) -> str | None:
    """The shortest beginning of the path that leads nowhere; None if it leads somewhere, or into an empty list."""
    if isinstance(path, Root | This):
        return None
    if isinstance(path, Child):
        missing = missing_part(path.left, document)
        if missing is not None or not path.left.find(document):
            return missing
        # A list may have no items; what is looked for in each item must be in one of them.
        if not isinstance(path.right, Fields) and _may_be_empty(found(path.left, document)):
            return None
    return None if path.find(document) else str(path)


def names(path: JSONPath) -> list[str] | None:
    """The names on the way; None if there is anything else."""
    match path:
        case Root() | This():
            return []
        case Fields() if len(path.fields) == 1:
            return [path.fields[0]]
        case Child():
            left, right = names(path.left), names(path.right)
            return None if left is None or right is None else [*left, *right]
        case _:
            return None


def keys_beside(path: JSONPath, document: JsonValue) -> list[str]:
    """The keys that stand beside those on the way, and hold something."""
    way = names_before(path)
    beside: list[str] = []
    names_or_none: list[str | None] = [*way] or [None]
    for name in names_or_none:
        if not isinstance(document, dict):
            break
        beside += [key for key, value in document.items() if key != name and value not in (None, [], {}, "")]
        document = document.get(name) if name is not None else None
    return beside


def list_length(path: JSONPath, document: JsonValue) -> int | None:
    """How many items the first list on the way has; None if there is no list."""
    for name in names_before(path):
        if not isinstance(document, dict):
            break
        document = document.get(name)
    return len(document) if isinstance(document, list) else None


def names_before(path: JSONPath) -> list[str]:
    """The names at the path's beginning, up to the first that is none."""
    while (way := names(path)) is None:
        if not isinstance(path, Child):
            return []
        path = path.left
    return way


def _may_be_empty(values: list[JsonValue]) -> bool:
    return all(value is None or isinstance(value, list | dict) for value in values)
