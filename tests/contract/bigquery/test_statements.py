"""Each kind of statement that docs/local-bigquery.md lists does what the page says."""

from __future__ import annotations

import re

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.cloud import bigquery

from tests.contract.googlesql.cases.differs import Differs
from tests.contract.googlesql.cases.statements import STATEMENTS, Case
from tests.contract.googlesql.refused import Refused

CASES = [pytest.param(case, id=case.use) for cases in STATEMENTS.values() for case in cases]


@pytest.mark.parametrize("case", CASES)
def test_a_statement_does_what_the_page_says(
    bigquery_client: bigquery.Client, dataset: str, case: Case
) -> None:
    expected = case.expected.here if isinstance(case.expected, Differs) else case.expected
    sql = case.sql.replace("{d}", dataset)

    if isinstance(expected, Refused):
        with pytest.raises(GoogleAPICallError, match=f"(?i){re.escape(expected.word)}"):
            bigquery_client.query(sql, job_retry=None).result(retry=None)
    else:
        rows = bigquery_client.query(sql, job_retry=None).result(retry=None)
        assert [tuple(row.values()) for row in rows] == expected
