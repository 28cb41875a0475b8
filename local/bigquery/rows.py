"""Pages of rows: which ones a caller asked for, and out of which table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.bigquery.catalog import Table
from local.bigquery.googlesql.types import GoogleType
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.statistics import count_rows
from local.bigquery.translate.literals import identifier
from local.bigquery.wire import delivered_sql, row_writer, wire_rows

PAGE_ROWS = 10_000
_MOST_ROWS = 100_000
_FORMAT_OPTION = "formatOptions."


@dataclass(frozen=True)
class Page:
    """Which rows, and how their TIMESTAMPs are to be written."""

    offset: int
    limit: int
    options: Mapping[str, Any]

    def next_token(self, total: int) -> dict[str, str]:
        """The token of the page that follows, if one does."""
        return {"pageToken": str(self.offset + self.limit)} if self.offset + self.limit < total else {}


def parse_page(query: Mapping[str, str]) -> Page:
    """The page that a request's parameters ask for. Raises ApiError `invalid`."""
    options = {
        name.removeprefix(_FORMAT_OPTION): value
        for name, value in query.items()
        if name.startswith(_FORMAT_OPTION)
    }
    return build_page(query.get("maxResults"), query.get("pageToken") or query.get("startIndex"), options)


def build_page(limit: Any, offset: Any, options: Mapping[str, Any]) -> Page:
    """The page; a limit of None is the usual one. Raises ApiError `invalid`."""
    try:
        return Page(int(offset or 0), min(PAGE_ROWS if limit is None else int(limit), _MOST_ROWS), options)
    except (TypeError, ValueError) as error:
        raise ApiError("invalid", "Invalid value for maxResults, startIndex or pageToken") from error


def read_rows(
    session: Session, storage: str, columns: list[tuple[str, GoogleType]], *, page: Page
) -> list[list[Any]]:
    """Some rows of a stored table, as `wire.row_writer` writes them."""
    if page.limit <= 0 or not columns:
        return []
    kinds = [kind for _name, kind in columns]
    names = ", ".join(identifier(name) for name, _kind in columns)
    sql = f"SELECT {names} FROM {storage} LIMIT {page.limit} OFFSET {page.offset}"
    write = row_writer(kinds)
    return [write(row) for row in session.execute(delivered_sql(sql, kinds)).fetchall()]


def table_rows(session: Session, table: Table, query: Mapping[str, str]) -> dict[str, Any]:
    """The answer of `tabledata.list`."""
    page = parse_page(query)
    chosen = _chosen(table, query.get("selectedFields"))
    (total,) = count_rows(session, [table])
    rows = read_rows(session, table.storage, [table.columns[place] for place in chosen], page=page)
    schema = [table.fields[place] for place in chosen]
    return {
        "kind": "bigquery#tableDataList",
        "totalRows": str(total),
        "rows": wire_rows(rows, schema=schema, options=page.options),
        **page.next_token(total),
    }


def _chosen(table: Table, selected: str | None) -> list[int]:
    """The places of the columns to be shown; a nested one is shown whole."""
    places = {name.lower(): place for place, (name, _kind) in enumerate(table.columns)}
    if not selected:
        return list(places.values())
    wanted = dict.fromkeys(one.strip().partition(".")[0].lower() for one in selected.split(","))
    unknown = [name for name in wanted if name not in places]
    if unknown:
        raise ApiError("invalid", f"No such field: {unknown[0]}")
    return sorted(places[name] for name in wanted)
