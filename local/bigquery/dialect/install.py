"""Installing our corrections to upstream's SQL translation.

Upstream's rules see SQL that has already been turned into DuckDB's, where the difference between NUMERIC and
DECIMAL(18, 3), or between JSON_QUERY and JSON_VALUE, is lost. So our corrections act on the BigQuery statement
before any of upstream's, and name DuckDB macros of ours, which choose by the real type of their arguments.
"""

from __future__ import annotations

from typing import Any

import bqemulator.catalog.ddl_sync as ddl_sync
import bqemulator.jobs.error_mapper as error_mapper
import bqemulator.jobs.executor as executor
from bqemulator.domain.result import Err
from bqemulator.sql.translator import SQLTranslator
from bqemulator.storage.engine import DuckDBEngine

from local.bigquery.dialect.arithmetic import UNTYPED_SUBQUERIES
from local.bigquery.dialect.errors import STATEMENT, UndecidedTypeError, translate_error
from local.bigquery.dialect.functions import create_functions
from local.bigquery.dialect.parameters import bind_parameters, inline_parameters
from local.bigquery.dialect.schemas import introspect_schema, record_alteration
from local.bigquery.dialect.statement import SyntaxRefusedError, correct_statement, finish_statement

_installed = False


def install_dialect() -> None:
    """Correct upstream 1.4.0 in this process, once; to be called before a server starts."""
    global _installed
    if _installed:
        return
    _installed = True
    _correct_translation()
    _correct_database()
    _correct_statements()
    _correct_execution()
    _replace(ddl_sync, "_introspect_schema", introspect_schema)
    # The executor took the name when it was imported; scripts look it up when they fail.
    _replace(executor, "translate_runtime_error", translate_error)
    _replace(error_mapper, "translate_runtime_error", translate_error)


def _replace(owner: object, name: str, replacement: object) -> None:
    """Put our function in the place of upstream's; AttributeError if upstream has none of that name any more."""
    getattr(owner, name)
    setattr(owner, name, replacement)


def _correct_translation() -> None:
    translate = SQLTranslator.translate

    def corrected(self: SQLTranslator, bq_sql: str, **options: Any) -> Any:
        STATEMENT.set(bq_sql)
        try:
            statement = correct_statement(bq_sql)
        except SyntaxRefusedError as error:
            return Err(error.refusal)
        # The snapshot of column types drives upstream's own NUMERIC rules, which ours replace, and a rewrite of
        # every column name on the way.
        result = translate(self, statement, **{**options, "schema": None})
        return result if isinstance(result, Err) else finish_statement(result)

    _replace(SQLTranslator, "translate", corrected)


def _correct_database() -> None:
    register = DuckDBEngine._register_builtin_udfs

    def corrected(self: DuckDBEngine) -> None:
        register(self)
        create_functions(self.connection)

    _replace(DuckDBEngine, "_register_builtin_udfs", corrected)


def _correct_statements() -> None:
    run_body = executor._run_query_body

    async def corrected(**options: Any) -> Any:
        if options["is_scripted"] and options["query_params"]:
            options["bq_sql"] = inline_parameters(options["bq_sql"], options["query_params"])
        rows = await run_body(**options)
        record_alteration(options["bq_sql"], project=options["project_id"], context=options["ctx"])
        return rows

    _replace(executor, "_run_query_body", corrected)
    _replace(executor, "bind_parameters", bind_parameters)


def _correct_execution() -> None:
    run = executor._run_single_sql

    async def corrected(*arguments: Any, **options: Any) -> Any:
        try:
            return await run(*arguments, **options)
        except UndecidedTypeError:
            # Refused before anything was read or written, so it can be tried again.
            token = UNTYPED_SUBQUERIES.set(True)
            try:
                return await run(*arguments, **options)
            finally:
                UNTYPED_SUBQUERIES.reset(token)

    _replace(executor, "_run_single_sql", corrected)
