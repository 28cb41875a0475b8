"""Google's own analyzer of GoogleSQL, and our tables as its catalog.

It knows more than BigQuery does, so what it accepts may yet be refused; what it refuses is wrong.
"""

from collections.abc import Iterable, Mapping
from functools import cache

import wasmtime
from zetasql.api import Analyzer, TableBuilder
from zetasql.api.type_factory import TypeFactory
from zetasql.core import wasm_client
from zetasql.types import (
    AnalyzerOptions,
    LanguageOptions,
    ProductMode,
    SimpleCatalog,
    SimpleTable,
    Type,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

from local.bigquery.googlesql.library import compile_library, compiled_file
from shared.domain.sql_parameter import SqlParameter, SqlType
from shared.domain.table import ColumnType, Table


class _Compiled:
    """What `zetasql` makes of its WebAssembly in most of a minute, as `make setup` has kept it."""

    @staticmethod
    def from_file(engine: wasmtime.Engine, _path: str) -> wasmtime.Module:
        compile_library()
        return wasmtime.Module.deserialize_file(engine, str(compiled_file()))


wasm_client.Module = _Compiled

_KIND_BY_COLUMN_TYPE: dict[ColumnType, TypeKind] = {
    "STRING": TypeKind.TYPE_STRING,
    "INTEGER": TypeKind.TYPE_INT64,
    "NUMERIC": TypeKind.TYPE_NUMERIC,
    "FLOAT": TypeKind.TYPE_DOUBLE,
    "BOOLEAN": TypeKind.TYPE_BOOL,
    "DATE": TypeKind.TYPE_DATE,
    "DATETIME": TypeKind.TYPE_DATETIME,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
    "JSON": TypeKind.TYPE_JSON,
}
_KIND_BY_SQL_TYPE: dict[SqlType, TypeKind] = {
    "STRING": TypeKind.TYPE_STRING,
    "INT64": TypeKind.TYPE_INT64,
    "NUMERIC": TypeKind.TYPE_NUMERIC,
    "BOOL": TypeKind.TYPE_BOOL,
    "DATE": TypeKind.TYPE_DATE,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
}
Schemas = Mapping[str, Iterable[SimpleTable]]


def declared(table: Table) -> SimpleTable:
    """A table of ours, for a catalog."""
    builder = TableBuilder(table.name)
    for column in table.columns:
        builder.add_column(column.name, _KIND_BY_COLUMN_TYPE[column.type])
    return builder.build()


def analyzed(
    sql: str, schemas: Schemas, *, default: str, parameters: Iterable[SqlParameter] = ()
) -> SimpleTable:
    """What the statement delivers, as a table `result`. Raises the analyzer's error for what it refuses.

    `schemas` are tables by dataset; those of the dataset `default` need not be qualified.
    """
    options = AnalyzerOptions(
        language_options=_language(),
        query_parameters=[
            AnalyzerOptions.QueryParameter(name=parameter.name, type=_type(parameter))
            for parameter in parameters
        ],
    )
    catalog = SimpleCatalog(
        name="project",
        table=list(schemas[default]),
        catalog=[
            SimpleCatalog(name=name, table=list(tables), catalog=[_information_schema()])
            for name, tables in schemas.items()
        ],
        builtin_function_options=ZetaSQLBuiltinFunctionOptions(language_options=_language()),
    )
    statement = Analyzer(options, catalog).analyze_statement(sql)
    result = TableBuilder("result")
    for column in getattr(statement, "output_column_list", ()):
        result.add_column(column.name, column.column.type)
    return result.build()


def _information_schema() -> SimpleCatalog:
    """As much of a dataset's INFORMATION_SCHEMA as our statements read."""
    columns = TableBuilder("COLUMNS")
    for name in ("table_name", "column_name", "data_type"):
        columns.add_column(name, TypeKind.TYPE_STRING)
    columns.add_column("ordinal_position", TypeKind.TYPE_INT64)
    return SimpleCatalog(name="INFORMATION_SCHEMA", table=[columns.build()])


@cache
def _language() -> LanguageOptions:
    language = LanguageOptions.maximum_features()
    language.product_mode = ProductMode.PRODUCT_EXTERNAL
    language.supports_all_statement_kinds = True
    return language


def _type(parameter: SqlParameter) -> Type:
    single = TypeFactory.create_simple_type(_KIND_BY_SQL_TYPE[parameter.type])
    return TypeFactory.create_array_type(single) if isinstance(parameter.value, tuple) else single
