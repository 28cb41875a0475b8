"""dbt: seeds, a view, a table, a merge and tests of columns, by the real dbt-bigquery in an environment of its own.

Whoever wants them makes that environment below `.local/clients`: one to three minutes, once.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.cloud import bigquery

from tests.contract.bigquery.conftest import PROJECT, ROOT, Server
from tests.patience import PATIENCE_SECONDS

# dbt 1.12 fetches a part of itself from GitHub while it is installed.
_REQUIREMENTS = ("dbt-core==1.11.16", "dbt-bigquery==1.11.3")
_SHOP = Path(__file__).parent / "dbt"
Dbt = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def dbt_command() -> Path:
    """dbt; skips where it is not installed: the tests run where nothing can be fetched."""
    environment = ROOT / ".local/clients/dbt"
    command = environment / "bin/dbt"
    if not command.is_file():
        words = " ".join(_REQUIREMENTS)
        pytest.skip(
            f"dbt is not there: python -m venv {environment.relative_to(ROOT)}, and pip install {words} in it"
        )
    return command


@pytest.fixture
def dbt(dbt_command: Path, bigquery_server: Server, dataset: str, tmp_path: Path) -> Dbt:
    """Runs a dbt command on the project; what became of each node by its name."""
    environment = {
        **os.environ,
        "BIGQUERY_API_ENDPOINT": bigquery_server.url,
        "BIGQUERY_PROJECT": PROJECT,
        "BIGQUERY_DATASET": dataset,
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "DBT_PROFILES_DIR": str(_SHOP),
    }

    def run(*arguments: str) -> dict[str, str]:
        ended = subprocess.run(
            [dbt_command, *arguments, "--no-use-colors", "--no-version-check"],
            env=environment,
            cwd=_SHOP,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert ended.returncode in (0, 1), ended.stdout + ended.stderr
        results = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
        assert results, ended.stdout
        return {one["unique_id"].split(".")[2]: _outcome(one) for one in results}

    return run


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
    merged = dbt("run", "--select", "orders")
    tested = dbt("test", "--select", "orders")

    assert merged == {"orders": "MERGE 4"}
    rows = bigquery_client.query_and_wait(f"SELECT order_id, status FROM {dataset}.orders ORDER BY 1")
    assert [tuple(row) for row in rows] == [
        (10, "paid"),
        (11, "returned"),
        (12, "returned"),
        (13, "paid"),
        (14, "lost"),
    ]
    assert {name for name, outcome in tested.items() if outcome.startswith("fail: Got 1 result")} == {
        "accepted_values_orders_status__paid__returned",
        "relationships_orders_customer_id__customer_id__ref_customers_",
    }
