"""Carrying out a query job: one statement or a script of them, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb

from local.bigquery.ddl import define
from local.bigquery.destination import clear_for_writing, insert_select, parse_destination, require_table
from local.bigquery.googlesql.evaluator import Evaluator
from local.bigquery.googlesql.types import rest_field
from local.bigquery.job import Job, Outcome
from local.bigquery.locks import Lock
from local.bigquery.parameters import Parameters, parse_parameters
from local.bigquery.problem import ApiError
from local.bigquery.results import Result, Results
from local.bigquery.session import Session
from local.bigquery.statistics import Cost, reference
from local.bigquery.translate.failures import failure
from local.bigquery.translate.limits import refused
from local.bigquery.translate.statement import Statement
from local.bigquery.translate.translator import Translator
from local.bigquery.wire import delivered_sql

# Where BigQuery keeps the rows of queries that name no destination.
ANONYMOUS_DATASET = "_anonymous"
ANONYMOUS_PREFIX = "anon_"
_LOCKS = {
    "INSERT": Lock.APPEND,
    "UPDATE": Lock.CHANGE,
    "DELETE": Lock.CHANGE,
    "MERGE": Lock.CHANGE,
    "TRUNCATE_TABLE": Lock.CHANGE,
    "ALTER_TABLE": Lock.ALTER,
}


class Queries:
    """Runs query jobs."""

    def __init__(self, translator: Translator, evaluator: Evaluator, *, results: Results) -> None:
        self._translator = translator
        self._evaluator = evaluator
        self._results = results

    def run(self, session: Session, job: Job) -> Outcome:
        """Run the statements, and write the rows of a query to the destination table where one is named."""
        query = dict(job.configuration["query"])
        script = _Script(self._translator, session, job, query)
        for statement in script.foreseen():
            # Both before the transaction has begun.
            self._evaluator.install(dict(statement.evaluated))
            if statement.target is not None:
                session.lock(statement.target, _LOCKS.get(statement.kind, Lock.DROP))
        outcomes = [self._run_statement(script, place) for place in range(script.size)]
        last = outcomes[-1]
        statistics = last.statistics if script.size == 1 else _script_statistics(outcomes)
        if not _names_destination(query):
            query["destinationTable"] = _anonymous(job)
        query.setdefault("priority", "INTERACTIVE")
        return Outcome(
            statistics,
            result=last.result,
            configuration={**job.configuration, "query": query},
            changes=any(one.changes for one in outcomes),
        )

    def analyze(self, session: Session, job: Job) -> Outcome:
        """What the job would cost and return; nothing is carried out."""
        query = job.configuration["query"]
        script = _Script(self._translator, session, job, query)
        statements = [script.statement(place) for place in range(script.size)]
        costs = [Cost(session, one.reads) for one in statements]
        for cost in costs:
            cost.require_within(query.get("maximumBytesBilled"))
        schema = [rest_field(name, kind) for name, kind in statements[-1].columns]
        statistics = costs[-1].statistics(statements[-1].kind if len(statements) == 1 else "SCRIPT")
        statistics["query"] |= {"schema": {"fields": schema}, "totalBytesBilled": "0"}
        return Outcome(statistics, result=Result(schema, 0, []), changes=False)

    def _run_statement(self, script: _Script, place: int) -> Outcome:
        statement = script.statement(place)
        self._evaluator.install(dict(statement.evaluated))
        cost = Cost(script.session, statement.reads)
        cost.require_within(script.query.get("maximumBytesBilled"))
        statistics = cost.statistics(statement.kind)
        try:
            if statement.only_reads:
                result, changes = self._select(script, statement)
                return Outcome(statistics, result=result, changes=changes)
            if statement.change is not None:
                statistics["query"] |= _change_rows(script, statement)
            else:
                statistics["query"] |= _define(script, statement)
            return Outcome(statistics)
        except (duckdb.InterruptException, duckdb.TransactionException):
            raise
        except duckdb.Error as error:
            raise failure(error) from error

    def _select(self, script: _Script, statement: Statement) -> tuple[Result, bool]:
        _require_distinct_names(statement)
        query, session = script.query, script.session
        bound = script.parameters.of(statement.sql)
        if not _names_destination(query) or script.size > 1:
            sql = delivered_sql(statement.sql, [kind for _name, kind in statement.columns])
            name = f"{script.job.key.project}/{script.job.key.job_id}"
            return self._results.fetch(session.execute(sql, bound), statement.columns, name=name), False
        schema = [rest_field(name, kind) for name, kind in statement.columns]
        destination = parse_destination(query, project=script.job.key.project, default_write="WRITE_EMPTY")
        table = require_table(session, destination, fields=schema, layout=query)
        known = {column["name"].lower() for column in table.fields}
        names = [name for name, _kind in statement.columns]
        for name in names:
            if name.lower() not in known:
                raise ApiError("invalid", f"Invalid schema update. Cannot add fields (field: {name})")
        clear_for_writing(session, destination, table)
        written = insert_select(
            session, destination, table, columns=names, source=statement.sql, parameters=bound
        )
        return Result(table.fields, written), True


class _Script:
    """The statements of a job, each translated when those before it are done."""

    def __init__(self, translator: Translator, session: Session, job: Job, query: dict[str, Any]) -> None:
        self.session, self.job, self.query = session, job, query
        sql = str(query.get("query", ""))
        if query.get("useLegacySql") is True:
            raise refused("legacy SQL; set useLegacySql to false")
        self._translator = translator
        self._statements = translator.split(sql) if sql.strip() else []
        if not self._statements:
            raise ApiError("invalidQuery", "Syntax error: Unexpected end of statement", location="query")
        self.parameters: Parameters = parse_parameters(query)
        default = query.get("defaultDataset") or {}
        project = default.get("projectId") or job.key.project
        self.default_dataset = f"{project}.{default['datasetId']}" if default.get("datasetId") else None
        self.size = len(self._statements)

    def statement(self, place: int) -> Statement:
        """The statement there, as the tables are now. Raises ApiError."""
        sql, paths = self._statements[place]
        return self._translator.translate(
            sql,
            paths,
            catalog=self.session.catalog,
            project=self.job.key.project,
            default_dataset=self.default_dataset,
            parameters=self.parameters.types,
        )

    def foreseen(self) -> Iterator[Statement]:
        """The statements that can be told before any has been carried out. Raises ApiError for the first one."""
        for place in range(self.size):
            try:
                yield self.statement(place)
            except ApiError:
                if place == 0:
                    raise
                # It may rest on what an earlier statement defines.
                return


def _change_rows(script: _Script, statement: Statement) -> dict[str, Any]:
    """Carry out DML; the counts of rows in BigQuery's words."""
    session, change = script.session, statement.change
    assert change is not None  # noqa: S101 - for the type checker
    for sql in change.before:
        session.execute(sql, script.parameters.of(sql))
    if change.check and session.execute(change.check, script.parameters.of(change.check)).fetchone():
        raise ApiError("invalidQuery", change.refusal, location="query")
    counts: Counter[str] = Counter()
    for step in change.steps:
        cursor = session.execute(step.sql, script.parameters.of(step.sql))
        if step.action:
            counts[step.action] += int((cursor.fetchone() or (0,))[0])
            continue
        while rows := cursor.fetchmany(10_000):
            counts.update(row[0] for row in rows)
    for sql in change.after:
        session.execute(sql)
    dml = {
        "insertedRowCount": str(counts["INSERT"]),
        "updatedRowCount": str(counts["UPDATE"]),
        "deletedRowCount": str(counts["DELETE"]),
    }
    return {"numDmlAffectedRows": str(counts.total()), "dmlStats": dml}


def _define(script: _Script, statement: Statement) -> dict[str, Any]:
    """Carry out DDL; what it did in BigQuery's words."""
    bind = script.parameters.of(statement.sql) or {}
    done = define(script.session, statement, bind=bind, default_dataset=script.default_dataset)
    shown: dict[str, Any] = {"ddlOperationPerformed": done}
    if statement.target is not None:
        shown["ddlTargetTable"] = reference(statement.target)
    return shown


def _script_statistics(outcomes: list[Outcome]) -> dict[str, Any]:
    """Of a script as one job: the sums."""
    queries = [one.statistics["query"] for one in outcomes]
    sums = {
        name: str(sum(int(query[name]) for query in queries))
        for name in ("totalBytesProcessed", "totalBytesBilled")
    }
    tables = {tuple(one.items()): one for query in queries for one in query["referencedTables"]}
    query = {"statementType": "SCRIPT", "cacheHit": False, **sums, "referencedTables": list(tables.values())}
    return {"totalBytesProcessed": sums["totalBytesProcessed"], "query": query}


def _require_distinct_names(statement: Statement) -> None:
    counts = Counter(name.lower() for name, _kind in statement.columns)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        message = (
            f"Duplicate column names in the result are not supported. Found duplicate(s): {', '.join(twice)}"
        )
        raise ApiError("invalidQuery", message, location="query")


def _names_destination(query: dict[str, Any]) -> bool:
    given = query.get("destinationTable") or {}
    return bool(given.get("tableId")) and given.get("datasetId") != ANONYMOUS_DATASET


def _anonymous(job: Job) -> dict[str, str]:
    return {
        "projectId": job.key.project,
        "datasetId": ANONYMOUS_DATASET,
        "tableId": f"{ANONYMOUS_PREFIX}{job.key.job_id}",
    }
