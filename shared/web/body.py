"""Request bodies and query strings, parsed or refused with a pointer to what is wrong."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError

from shared.domain.errors import FieldProblem, InvalidError, json_pointer
from shared.domain.history import PageMark, RunQuery
from shared.domain.model import Model
from shared.domain.run import RUN_STATUSES

_LARGEST_BODY = 1_000_000
_MOST_RUNS = 500
_LONGEST_KEY = 255
_SCHEDULE_TIME = "X-CloudScheduler-ScheduleTime"
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_RUN_QUERY = ("status", "pipeline_id", "backfill_id", "since", "until", "limit", "page_token")
_M = TypeVar("_M", bound=BaseModel)


class TriggerBody(Model):
    """The body of a trigger; none at all is the same as `{}`."""

    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    # No control characters, as in a header: keys with line ends are the platform's own.
    idempotency_key: (
        Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=_LONGEST_KEY)] | None
    ) = None


class RerunBody(Model):
    """The body of a rerun; none at all is the same as `{}`."""

    model_config = ConfigDict(populate_by_name=False)

    start: Literal["failed", "start"] = Field(default="failed", alias="from")


def parse_trigger_body(request: Request) -> TriggerBody:
    """The body of a trigger. Raises what `parse_body` raises."""
    return parse_body(request, TriggerBody)


def parse_body(request: Request, model: type[_M]) -> _M:
    """The body. Raises InvalidError for one that is too large, not JSON, or holds what we don't know."""
    # A body that comes in chunks doesn't say how long it is: never read more than one byte too many.
    raw = request.stream.read(_LARGEST_BODY + 1)
    if max(request.content_length or 0, len(raw)) > _LARGEST_BODY:
        raise InvalidError(f"The body is larger than {_LARGEST_BODY:,} bytes", code="body_too_large")
    if not raw.strip():
        return parse_json("{}", model)
    if not request.is_json:
        raise InvalidError(
            "The body must be JSON and come with Content-Type: application/json",
            code="unsupported_media_type",
        )
    return parse_json(raw, model)


def parse_json(raw: bytes | str, model: type[_M]) -> _M:
    """The text as a model. Raises InvalidError with a JSON pointer for each thing that is wrong."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    problems = tuple(FieldProblem(json_pointer(*entry["loc"]), entry["msg"]) for entry in found)
    raise InvalidError("The body is not what this call takes", code="invalid_body", problems=problems)


def parse_idempotency_key(request: Request, body: TriggerBody) -> str | None:
    """The body's key or the header's, if there is one. Raises InvalidError for one that is wrong, and for two."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise InvalidError(
            f"Idempotency-Key must have 1 to {_LONGEST_KEY} characters", code="invalid_idempotency_key"
        )
    if None not in (key, body.idempotency_key) and key != body.idempotency_key:
        raise InvalidError(
            "The body and the header Idempotency-Key name two keys",
            code="invalid_idempotency_key",
            problems=(
                FieldProblem("/idempotency_key", "must be the header's key, or one of the two left out"),
            ),
        )
    return body.idempotency_key or key


def parse_schedule_time(request: Request) -> datetime | None:
    """The time in a job's schedule that Cloud Scheduler calls for. Raises InvalidError for what is no time."""
    text = request.headers.get(_SCHEDULE_TIME)
    if not text:
        return None
    try:
        return _time(text)
    except ValueError as error:
        raise InvalidError(f"{_SCHEDULE_TIME} {error}", code="invalid_schedule_time") from error


def parse_run_query(request: Request, *, tenant_id: str) -> RunQuery:
    """Which runs a list asks for. Raises InvalidError for every query parameter that is unknown or wrong."""
    problems = [
        FieldProblem(name, f"is not a query parameter of this call; it takes {', '.join(_RUN_QUERY)}")
        for name in request.args
        if name not in _RUN_QUERY
    ]
    fields: dict[str, object] = {}
    parsers: dict[str, Callable[[str], object]] = {
        "status": _status,
        "pipeline_id": str,
        "backfill_id": str,
        "since": _time,
        "until": _time,
        "limit": _limit,
        "page_token": _page_mark,
    }
    for name, parse in parsers.items():
        if name in request.args:
            try:
                fields[name] = parse(request.args[name])
            except ValueError as error:
                problems.append(FieldProblem(name, str(error)))
    if problems:
        raise InvalidError("The query is wrong", code="invalid_query", problems=tuple(problems))
    after = fields.pop("page_token", None)
    return RunQuery.model_validate({"tenant_id": tenant_id, "after": after, **fields})


def page_token(mark: PageMark) -> str:
    """The mark as an opaque token."""
    return base64.urlsafe_b64encode(mark.model_dump_json().encode()).decode().rstrip("=")


def _status(text: str) -> str:
    if text not in RUN_STATUSES:
        raise ValueError(f"must be one of {', '.join(RUN_STATUSES)}")
    return text


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a time such as 2025-11-15T10:30:45Z") from error
    if moment.tzinfo is None:
        raise ValueError("must say its time zone, e.g. 2025-11-15T10:30:45Z (in an address, + is %2B)")
    # Before 1970 there can't be a run, and a year at the edge leaves no day before or after it.
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_RUNS):
        raise ValueError(f"must be a whole number from 1 to {_MOST_RUNS}")
    return int(text)


def _page_mark(text: str) -> PageMark:
    try:
        padded = text + "=" * (-len(text) % 4)
        return PageMark.model_validate_json(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error) as error:
        raise ValueError("is not a page_token that this call gave") from error
