"""What Google's own analyzer reads in a tenant's SQL, and what our check makes of the same text."""

import pytest

from shared.config.sql_scope import SqlScope, check_query
from shared.config.standard_tables import standard_table
from shared.domain.ids import TenantId
from tests.contract.adapters.analyzer import Schemas, analyzed, declared

SCOPE = SqlScope(TenantId("acme"), frozenset())
# Only the other tenant has tables here: what the analyzer accepts is read from them.
SCHEMAS: Schemas = {"acme": [], "globex": [declared(standard_table("raw_data"))]}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS `a\\` /*` , x.run_id FROM globex.raw_data AS x -- */",
        r"""SELECT '''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        r'''SELECT """\""" AS a /*""" AS b, x.run_id FROM globex.raw_data AS x -- */''',
        r"""SELECT r'''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        r"""SELECT b'''\''' AS a /*''' AS b, x.run_id FROM globex.raw_data AS x -- */""",
        "SELECT @{#\n a=1} x.run_id FROM globex.raw_data AS x -- #} run_id",
    ],
)
def test_sql_that_hides_another_tenants_table_is_refused(sql: str) -> None:
    columns = [column.name for column in analyzed(sql, SCHEMAS, default="acme").column]

    assert "run_id" in columns
    assert check_query(sql, SCOPE)
