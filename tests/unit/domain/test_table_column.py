"""Columns of numbers, as SQL reads them."""

import pytest

from shared.domain.read_as import ReadAs
from shared.domain.table import Column, ColumnType, Table
from shared.domain.table_column import TableColumn


@pytest.mark.parametrize(
    ("column_type", "read_as", "sql"),
    [
        ("NUMERIC", "number", "SAFE_CAST(T.`x` AS NUMERIC)"),
        ("NUMERIC", "integer", "SAFE_CAST(CAST(SAFE_CAST(T.`x` AS NUMERIC) AS STRING) AS INT64)"),
        ("BIGNUMERIC", "number", "T.`x`"),
        ("BIGNUMERIC", "integer", "SAFE_CAST(CAST(T.`x` AS STRING) AS INT64)"),
        ("BIGNUMERIC", "string", "SAFE_CAST(T.`x` AS STRING)"),
    ],
)
def test_a_number_is_read_without_rounding_it(column_type: ColumnType, read_as: ReadAs, sql: str) -> None:
    table = Table(name="t", columns=(Column(name="x", type=column_type),))

    assert TableColumn("x", "T", table).read_as(read_as) == sql
