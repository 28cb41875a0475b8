"""Request bodies and what headers say beside them, parsed or refused with a pointer to what is wrong."""

import codecs
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from shared.config.requirement import requirement, shown
from shared.domain.errors import FieldProblem, InvalidError, json_pointer
from shared.domain.message import did_you_mean, listed, nearest, shortened
from shared.domain.model import Model, Truth
from shared.web.json_text import ambiguities
from shared.web.query import parse_time

_LARGEST_BODY = 1_000_000
_MOST_PROBLEMS = 100
_LONGEST_NAME = 100
_LONGEST_KEY = 255
_SCHEDULE_TIME = "X-CloudScheduler-ScheduleTime"
_M = TypeVar("_M", bound=BaseModel)


class TriggerBody(Model):
    """The body of a trigger; none at all is the same as `{}`."""

    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    # No control characters, as in a header: keys with line ends are the platform's own.
    idempotency_key: (
        Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=_LONGEST_KEY)] | None
    ) = None
    dry_run: Truth = False
    """Only say what the run would do."""


class RerunBody(Model):
    """The body of a rerun; none at all is the same as `{}`."""

    model_config = ConfigDict(populate_by_name=False)

    start: Literal["failed", "start"] = Field(default="failed", alias="from")
    configuration: Literal["recorded", "current"] = "recorded"


class NoBody(Model):
    """The body of a call that takes none; some clients send `{}` all the same."""


def parse_trigger_body(request: Request) -> TriggerBody:
    """The body of a trigger. Raises what `parse_body` raises."""
    return parse_body(request, TriggerBody)


def parse_body(request: Request, model: type[_M]) -> _M:
    """The body. Raises InvalidError for one that is too large, not plain JSON, or holds what we don't know."""
    # A body that comes in chunks doesn't say how long it is: never read more than one byte too many.
    raw = request.stream.read(_LARGEST_BODY + 1)
    if max(request.content_length or 0, len(raw)) > _LARGEST_BODY:
        raise InvalidError(f"The body is larger than {_LARGEST_BODY:,} bytes", code="body_too_large")
    if not raw.strip():
        return parse_json("{}", model)
    _require_plain_json(request)
    found = parse_json(raw, model)
    problems = list(ambiguities(raw))[:_MOST_PROBLEMS]
    if problems:
        raise _invalid(problems)
    return found


def _require_plain_json(request: Request) -> None:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        raise _unsupported(f"The body must not be compressed; send it without Content-Encoding: {encoding}")
    if not request.is_json:
        raise _unsupported("The body must be JSON and come with Content-Type: application/json")
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise _unsupported(f"The body must be UTF-8, which JSON is; send it without charset={charset}")


def _unsupported(message: str) -> InvalidError:
    return InvalidError(shortened(message), code="unsupported_media_type")


def parse_json(raw: bytes | str, model: type[_M], *, context: Mapping[str, bool] | None = None) -> _M:
    """The text as a model, read in pydantic's `context`.

    Raises InvalidError with a JSON pointer for each thing that is wrong.
    """
    if isinstance(raw, bytes) and raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _invalid([FieldProblem("", "begins with a byte-order mark; JSON is UTF-8 without one")])
    try:
        return model.model_validate_json(raw, context=context)
    except ValidationError as error:
        entries = error.errors(include_url=False)
        # Raised outside the handler: pydantic's own error quotes the whole body.
        problems = [_problem(entry, model) for entry in entries[:_MOST_PROBLEMS]]
    raise _invalid(problems)


def _invalid(problems: list[FieldProblem]) -> InvalidError:
    return InvalidError("The body is not what this call takes", code="invalid_body", problems=tuple(problems))


def _problem(entry: ErrorDetails, model: type[BaseModel]) -> FieldProblem:
    pointer = shortened(json_pointer(*entry["loc"]))
    match entry["type"]:
        case "extra_forbidden" if len(entry["loc"]) == 1:
            return FieldProblem(pointer, _unknown_field(str(entry["loc"][0]), model))
        case "extra_forbidden":
            return FieldProblem(pointer, "is not a field that is known here")
        case "missing":
            return FieldProblem(pointer, "is missing")
        case "json_invalid":
            return FieldProblem(pointer, shortened(entry["msg"]))
        case "model_type" | "dict_type" | "model_attributes_type":
            return FieldProblem(pointer, f"must be an object, is {shown(entry['input'])}")
        case _:
            return FieldProblem(pointer, shortened(requirement(entry)))


def _unknown_field(name: str, model: type[BaseModel]) -> str:
    if not model.model_fields:
        return "this call takes no field"
    known = [field.alias or own for own, field in model.model_fields.items()]
    meant = did_you_mean(nearest(name, known))
    return f"'{shortened(name, longest=_LONGEST_NAME)}' is not a field of this body; it takes {listed(known)}{meant}"


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
        return parse_time(text)
    except ValueError as error:
        raise InvalidError(f"{_SCHEDULE_TIME} {error}", code="invalid_schedule_time") from error
