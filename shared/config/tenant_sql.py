"""A tenant's SQL: what it may name, and what is wrong in its files."""

from shared.config.beyond import Refusal
from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.source_file import SourceFile
from shared.config.sql_scope import SqlProblem, SqlScope, check_query
from shared.domain.ids import METADATA_DATASET, is_tenant_id
from shared.domain.sql_text import plain_sql


def sql_scope(reading: Reading, *, shared_too: bool) -> SqlScope:
    """The tables of the tenant's sources. A source that is wrong adds nothing, and has a problem of its own."""
    tables = set()
    for name in reading.known("sources", ".yml", shared_too=shared_too):
        path = reading.find("sources", f"{name}.yml", shared_too=shared_too)
        found = Reading(reading.folder, reading.tenant_id, kept=reading.kept).file(path or "", SourceFile)
        table = found[0].root.needs.table if found else None
        if table is not None and not is_forbidden(reading, table):
            tables.add(table)
    return SqlScope(reading.tenant_id, frozenset(tables))


def is_forbidden(reading: Reading, reference: str) -> bool:
    """Whether `dataset.table` or `project.dataset.table` is the platform's, another tenant's, or tells of others."""
    parts = reference.split(".")
    if "INFORMATION_SCHEMA" in (part.upper() for part in parts):
        return True
    dataset = parts[-2]
    is_other = dataset != reading.tenant_id and is_tenant_id(dataset)
    return dataset == METADATA_DATASET or (is_other and dataset in reading.folder.names(""))


def transform_problems(reading: Reading, path: str, *, scope: SqlScope) -> list[ConfigProblem]:
    """What is wrong in one file of `transforms/`, at its line and column."""
    sql = reading.text(path)
    if sql is None:
        return []
    return [
        ConfigProblem(
            f"{reading.folder.label}/{path}",
            problem.line,
            problem.column,
            "",
            problem.message,
            kind=problem.kind,
        )
        for problem in (_better_told(each, sql, reading) for each in check_query(sql, scope))
    ]


def _better_told(problem: SqlProblem, sql: str, reading: Reading) -> SqlProblem:
    """A syntax error where Google's analyzer sees it, if it can be asked and sees one."""
    analyzer = reading.beyond.analyzer
    if analyzer is None or not problem.message.startswith("syntax error"):
        return problem
    found = analyzer.analyze(plain_sql(sql), tables={}, parameters={})
    if not isinstance(found, Refusal) or not found.message.startswith("Syntax error: "):
        return problem
    words = " ".join(found.message.removeprefix("Syntax error: ").split())
    return SqlProblem(found.line, found.column, f"syntax error: {words}")
