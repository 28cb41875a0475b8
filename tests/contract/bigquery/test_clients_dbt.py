"""dbt: seeds, a view, a table, a merge and tests of columns, by the real dbt-bigquery in an environment of its own.

`make test` makes that environment, once, where there is a package registry.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud import bigquery

from tests.contract.bigquery import dbt_install
from tests.contract.bigquery.conftest import PROJECT, Server

_SHOP = Path(__file__).parent / "dbt"
Dbt = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def dbt_python() -> Path:
    """The Python that dbt is installed for; skips where it is not: the tests run where nothing can be fetched."""
    if not dbt_install.is_installed():
        pytest.skip(
            "dbt is not there: python -m tests.contract.bigquery.dbt_install, with a package registry"
        )
    return dbt_install.python()


@pytest.fixture
def dbt(dbt_python: Path, bigquery_server: Server, dataset: str, tmp_path: Path) -> Iterator[Dbt]:
    """Runs a dbt command on the project; what became of each node by its name."""
    environment = {
        **os.environ,
        "BIGQUERY_API_ENDPOINT": bigquery_server.url,
        "BIGQUERY_PROJECT": PROJECT,
        "BIGQUERY_DATASET": dataset,
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DBT_PROFILES_DIR": str(_SHOP),
        # Neither usage, nor a newer version, nor the metadata of a machine of Google's.
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "DBT_VERSION_CHECK": "false",
        "GCE_METADATA_ROOT": bigquery_server.url.removeprefix("http://"),
    }
    command, pipe = [str(dbt_python), str(_SHOP / "runner.py")], subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, cwd=_SHOP, text=True, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT
    ) as process:

        def run(*arguments: str) -> dict[str, str]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{json.dumps([*arguments, '--no-use-colors', '--no-version-check'])}\n")
            process.stdin.flush()
            # To the end of the output where dbt itself ended.
            said = "".join(itertools.takewhile(lambda line: line != "done\n", process.stdout))
            results = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
            assert results, said
            return {one["unique_id"].split(".")[2]: _outcome(one) for one in results}

        yield run
        process.kill()


def _outcome(result: dict[str, Any]) -> str:
    if result["status"] in ("error", "fail"):
        return f"{result['status']}: {result['message']}"
    if result["status"] == "pass":
        return "pass"
    answer = result["adapter_response"]
    return f"{answer['code']} {answer['rows_affected']}" if "rows_affected" in answer else result["status"]


def test_a_project_is_seeded_built_tested_and_merged(
    dbt: Dbt, bigquery_client: bigquery.Client, dataset: str
) -> None:
    built = dbt("build")

    assert {name: outcome for name, outcome in built.items() if outcome != "pass"} == {
        "raw_customers": "INSERT 3",
        "raw_orders": "INSERT 3",
        "customers": "success",
        "orders": "CREATE TABLE 3",
        "spending": "CREATE TABLE 2",
    }
    assert len(built) == 5 + 6  # each a seed or a model, or a test
    spending = bigquery_client.get_table(f"{dataset}.spending")
    assert (spending.time_partitioning.field, spending.clustering_fields) == (
        "first_ordered_on",
        ["customer_id"],
    )
    assert spending.labels == {"area": "shop"}
    assert bigquery_client.get_table(f"{dataset}.customers").table_type == "VIEW"

    late = "(13, 3, 'paid', 1, '2024-01-03'), (14, 9, 'lost', 1, '2024-01-03')"
    bigquery_client.query_and_wait(f"INSERT INTO {dataset}.raw_orders VALUES {late}")
    bigquery_client.query_and_wait(f"UPDATE {dataset}.raw_orders SET status = 'returned' WHERE id = 12")
    merged = dbt("build", "--select", "orders")

    assert merged["orders"] == "MERGE 4"
    rows = bigquery_client.query_and_wait(f"SELECT order_id, status FROM {dataset}.orders ORDER BY 1")
    assert [tuple(row) for row in rows] == [
        (10, "paid"),
        (11, "returned"),
        (12, "returned"),
        (13, "paid"),
        (14, "lost"),
    ]
    assert {name for name, outcome in merged.items() if outcome.startswith("fail: Got 1 result")} == {
        "accepted_values_orders_status__paid__returned",
        "relationships_orders_customer_id__customer_id__ref_customers_",
    }
