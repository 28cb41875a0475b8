"""Whether an answer of 200 has rows, or says that something went wrong."""

import json

from jsonpath_ng import JSONPath
from pydantic import JsonValue

from shared.domain.message import listed
from shared.sources.rest_api.reading.json_selection import found, missing_part
from shared.sources.rest_api.reading.session import Answer

_ERROR_KEYS = ("error", "errors", "Error", "Errors")
_SUCCESS_KEYS = ("success", "Success", "ok", "isSuccess")
_STATUS_KEYS = ("status", "Status")
_FAILURES = frozenset({"error", "fail", "failed", "failure"})


def require_selected(selector: JSONPath, answer: Answer) -> None:
    """Raise StepError unless the answer has what is selected. Shown are its keys and its error, never other values."""
    missing = missing_part(selector, answer.document)
    if missing is not None:
        raise answer.asked.fault(
            f"has no '{missing}', which 'data_selector' selects; {described(answer)}{_said_error(answer)}"
        )
    error, values = _said_error(answer), found(selector, answer.document)
    is_empty = all(value in (None, [], {}) for value in values)
    is_document = any(value is answer.document for value in values)
    if error and (is_empty or is_document or _is_graphql_error(answer.document)):
        raise answer.asked.fault(f"says an error{error}")
    failure = _said_failure(answer.document)
    if failure and is_empty:
        raise answer.asked.fault(f"has no rows, and says that {failure}")


def described(answer: Answer) -> str:
    """The keys of the answer."""
    match answer.document:
        case dict() as document if document:
            return f"it has {listed([answer.asked.quote(key) for key in document])}"
        case dict():
            return "it is an empty object"
        case list():
            return "it is a list, which '$' selects"
        case _:
            return "it is a single value"


def _said_error(answer: Answer) -> str:
    error = _error_in(answer.document)
    if not error:
        return ""
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    return f": {answer.asked.quote(text)}"


def _error_in(document: JsonValue) -> JsonValue:
    if not isinstance(document, dict):
        return None
    return next((document[key] for key in _ERROR_KEYS if document.get(key)), None)


def _said_failure(document: JsonValue) -> str | None:
    if not isinstance(document, dict):
        return None
    for key in _SUCCESS_KEYS:
        if document.get(key) is False:
            return f"'{key}' is false"
    for key in _STATUS_KEYS:
        status = document.get(key)
        if isinstance(status, str) and status.lower() in _FAILURES:
            return f"'{key}' is {status.lower()}"
    return None


def _is_graphql_error(document: JsonValue) -> bool:
    """Whether some of what was asked for could not be had: "Response", section 7.1.2 of GraphQL's specification."""
    errors = document.get("errors") if isinstance(document, dict) else None
    return isinstance(errors, list) and all(isinstance(each, dict) and "message" in each for each in errors)
