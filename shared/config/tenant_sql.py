"""A tenant's SQL: what it may name, and what is wrong in its files."""

from shared.config.problem import ConfigProblem
from shared.config.reading import Reading
from shared.config.source_file import SourceFile
from shared.config.sql_scope import SqlScope, check_query
from shared.domain.ids import METADATA_DATASET, is_tenant_id


def sql_scope(reading: Reading, *, shared_too: bool) -> SqlScope:
    """The tables of the tenant's sources. A source that is wrong adds nothing, and has a problem of its own."""
    tables = set()
    for name in reading.known("sources", ".yml", shared_too=shared_too):
        path = reading.find("sources", f"{name}.yml", shared_too=shared_too)
        found = Reading(reading.folder, reading.tenant_id).file(path or "", SourceFile)
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
        ConfigProblem(f"{reading.folder.label}/{path}", problem.line, problem.column, "", problem.message)
        for problem in check_query(sql, scope)
    ]
