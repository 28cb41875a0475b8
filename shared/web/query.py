"""Query strings, parsed or refused by the name of what is wrong."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Request

from shared.domain.errors import FieldProblem, InvalidError
from shared.domain.message import did_you_mean, nearest, shortened
from shared.domain.run import RUN_STATUSES
from shared.domain.run_list import PageMark, RunQuery, since_when

_MOST_RUNS = 500
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_LONGEST_SHOWN = 100


def require_no_query(request: Request, *, body_takes: str | None = None) -> None:
    """Raise InvalidError for a query string where a call takes none.

    `body_takes` shows how the body says what was meant: whoever writes `?days=…` must not get a run of other days.
    """
    advice = f"; write it into the body: {body_takes}" if body_takes else ""
    _refuse([FieldProblem(_shown(name), f"this call takes no query string{advice}") for name in request.args])


def parse_run_query(request: Request, *, tenant_id: str, now: datetime) -> RunQuery:
    """Which runs a list asks for: since LISTED_DAYS ago where it doesn't say, or where the list of the page began.

    Raises InvalidError for every word that is unknown, there twice or wrong.
    """
    problems = [_unknown(name) for name in request.args if name not in _PARSERS]
    fields: dict[str, Any] = {}
    for name, parse in _PARSERS.items():
        values = request.args.getlist(name)
        if len(values) > 1:
            problems.append(FieldProblem(name, "is here twice; say it once"))
        elif values:
            try:
                fields[name] = parse(values[0])
            except ValueError as error:
                problems.append(FieldProblem(name, str(error)))
    _refuse(problems)
    after: PageMark | None = fields.pop("page_token", None)
    begun_at = after.since if after else None
    since = fields.pop("since", None) or begun_at or since_when(fields.get("until"), now=now)
    if after is not None and after.created_at < since:
        _refuse(
            [FieldProblem("page_token", f"goes on before {since:%Y-%m-%dT%H:%M:%SZ}; say an earlier since")]
        )
    return RunQuery.model_validate({"tenant_id": tenant_id, "after": after, "since": since, **fields})


def parse_time(text: str) -> datetime:
    """A moment with its time zone. Raises ValueError, in words, for anything else."""
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


def page_token(mark: PageMark) -> str:
    """The mark as an opaque token."""
    return base64.urlsafe_b64encode(mark.model_dump_json().encode()).decode().rstrip("=")


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise InvalidError("The query is wrong", code="invalid_query", problems=tuple(problems))


def _unknown(name: str) -> FieldProblem:
    meant = did_you_mean(nearest(name, _PARSERS))
    known = ", ".join(_PARSERS)
    return FieldProblem(_shown(name), f"is not a query parameter of this call; it takes {known}{meant}")


def _shown(name: str) -> str:
    return shortened(name, longest=_LONGEST_SHOWN)


def _status(text: str) -> str:
    if text not in RUN_STATUSES:
        meant = did_you_mean(nearest(text, RUN_STATUSES))
        raise ValueError(f"must be one of {', '.join(RUN_STATUSES)}{meant}")
    return text


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_RUNS))):
        raise ValueError(f"must be a whole number from 1 to {_MOST_RUNS}")
    if not 1 <= int(text) <= _MOST_RUNS:
        raise ValueError(f"must be a whole number from 1 to {_MOST_RUNS}")
    return int(text)


def _page_mark(text: str) -> PageMark:
    try:
        padded = text + "=" * (-len(text) % 4)
        return PageMark.model_validate_json(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error) as error:
        raise ValueError("is not a page_token that this call gave") from error


_PARSERS: dict[str, Callable[[str], object]] = {
    "status": _status,
    "pipeline_id": str,
    "backfill_id": str,
    "since": parse_time,
    "until": parse_time,
    "limit": _limit,
    "page_token": _page_mark,
}
