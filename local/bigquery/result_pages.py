"""Pages out of the results of queries, wherever their rows are."""

from __future__ import annotations

import asyncio
from typing import Any

from local.bigquery.catalog import TableId
from local.bigquery.database import Database
from local.bigquery.records import Ended
from local.bigquery.results import Result, Results
from local.bigquery.rows import Page, read_rows
from local.bigquery.session import Session
from local.bigquery.statistics import count_rows
from local.bigquery.wire import wire_rows


class ResultPages:
    """Reads pages of results."""

    def __init__(self, database: Database, results: Results) -> None:
        self._database = database
        self._results = results

    async def read(self, ended: Ended, page: Page) -> tuple[int, list[dict[str, Any]]]:
        """The number of all rows, and those of the page."""
        result = ended.result
        if result is None:
            return 0, []
        if result.rows is not None:
            rows = self._results.page(result, offset=page.offset, limit=page.limit)
        elif result.file:
            rows = await asyncio.to_thread(self._results.page, result, offset=page.offset, limit=page.limit)
        else:
            return await self._database.run(lambda session: _read_destination(session, ended, page))
        return result.total, wire_rows(rows, schema=result.schema, options=page.options)


def _read_destination(session: Session, ended: Ended, page: Page) -> tuple[int, list[dict[str, Any]]]:
    """As in BigQuery, the rows of a job with a destination are those that the table has by now."""
    where = ended.resource["configuration"]["query"]["destinationTable"]
    project = where.get("projectId") or ended.resource["jobReference"]["projectId"]
    table = session.catalog.table(TableId(project, where["datasetId"], where["tableId"].partition("$")[0]))
    if table is None or table.is_view:
        return 0, []
    (total,) = count_rows(session, [table])
    columns = _common(table.columns, ended.result)
    schema = [field for field in table.fields if field["name"] in {name for name, _kind in columns}]
    rows = read_rows(session, table.storage, columns, page=page)
    return total, wire_rows(rows, schema=schema, options=page.options)


def _common(columns: list[Any], result: Result | None) -> list[Any]:
    """The columns that the job's answer shows: others may have been added since."""
    shown = {field["name"] for field in result.schema} if result else set()
    return [column for column in columns if column[0] in shown]
