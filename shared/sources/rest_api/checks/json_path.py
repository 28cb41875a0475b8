"""Paths into an API's answers, in JSONPath as dlt reads it."""

from functools import lru_cache


@lru_cache(maxsize=1024)
def json_path_problem(path: str) -> str | None:
    """What keeps the text from being a path; None if it is one."""
    # What dlt itself reads paths with, in a twentieth of the time that dlt takes to import.
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    try:
        parse(path)
    except (JSONPathError, ValueError, TypeError):
        return "is not a path into the answer; write names with dots between them, such as data.items"
    return None
