"""The whole command line as a person uses it, against the platform that `make run` starts."""

import json
import re
import sys

import httpx
import pytest

from tests.forked import run_convergence
from tests.stage import ROOT, RUNS, TENANT, Stage

ADDRESS = f"{TENANT}/focus/cost/import"


@pytest.fixture(name="tenant", scope="module")
def onboard(stage: Stage) -> str:
    stage.convergence("tenant", "add", TENANT)
    return TENANT


def test_init_prints_what_the_script_prints_however_often(stage: Stage) -> None:
    by_script = stage.shell([sys.executable, str(ROOT / "scripts" / "init_metadata_tables.py")]).stdout

    by_command = stage.convergence("init")

    assert by_command == by_script
    assert by_command.splitlines()[0] == "✓ BigQuery client initialized"


def test_init_ends_with_a_proof_that_the_log_keeps_what_is_written(stage: Stage) -> None:
    script = str(ROOT / "scripts" / "init_metadata_tables.py")

    lines = stage.shell(["env", "LOG_PROOF_SECONDS=1", sys.executable, script]).stdout.splitlines()

    table = "convergence-local.metadata.run_events"
    assert lines[-3:] == [
        f"{table} is new; writing to it until it has kept everything for 1 s",
        "  nothing refused or lost for 0 s",
        f"✓ {table} can be written and read back",
    ]
    counted = "SELECT COUNT(*) AS n FROM metadata.run_events WHERE event_type = 'LogProbed'"
    assert stage.rows(counted)[0]["n"] >= 3


def test_a_new_tenant_has_a_dataset_in_its_place_and_three_tables(stage: Stage) -> None:
    stage.convergence("tenant", "add", "globex_002", "--name", "Globex", "--location", "EU")
    again = stage.convergence("tenant", "add", "globex_002")

    client = stage.client()
    assert client.get_dataset("globex_002").location == "EU"
    assert {table.table_id for table in client.list_tables("globex_002")} == {
        "raw_data",
        "transformed_data",
        "metrics",
    }
    assert "created" not in again


def test_a_key_opens_the_api_until_it_is_revoked(stage: Stage, tenant: str) -> None:
    key = stage.convergence("key", "create", tenant, "--quiet").strip()
    listed = stage.convergence("key", "list", tenant)
    opened = stage.http("GET", RUNS, key=key).status_code

    revoked = stage.convergence("key", "revoke", tenant, key[-4:])
    again = stage.convergence("key", "revoke", tenant, key[-4:])

    assert opened == httpx.codes.OK
    assert key[-4:] in listed
    assert key not in listed
    assert "1 key revoked" in revoked
    assert "was already revoked" in again


def run_id_in(printed: str) -> str:
    [run_id] = re.findall(r"run_id +(\S+)", printed)
    return str(run_id)


def test_a_run_is_followed_to_its_end_and_read_back(stage: Stage, tenant: str) -> None:
    followed = stage.convergence("run", ADDRESS, "--follow")

    run_id = run_id_in(followed)
    shown = stage.convergence("runs", "show", tenant, run_id)
    listed = stage.convergence(
        "runs", "list", tenant, "--status", "success", "--pipeline", "focus/cost/import"
    )
    assert followed.splitlines()[-1].startswith("SUCCESS in ")
    assert f"Run {run_id}  SUCCESS" in shown
    assert run_id in listed


def test_json_is_the_api_s_answer_to_the_byte_of_its_values(stage: Stage, tenant: str) -> None:
    key = stage.key(tenant)
    run_id = stage.run(key=key)["run_id"]

    shown = json.loads(stage.convergence("runs", "show", tenant, run_id, "--json"))
    since = "2025-11-15T00:00:00Z"
    listed = json.loads(
        stage.convergence("runs", "list", tenant, "--json", "--limit", "500", "--since", since)
    )

    assert shown == stage.http("GET", f"{RUNS}/{run_id}", key=key).json()
    assert listed == stage.http("GET", f"{RUNS}?limit=500&since={since}", key=key).json()


def test_the_same_idempotency_key_is_the_same_run(stage: Stage, tenant: str) -> None:
    first, second = (
        stage.convergence("run", ADDRESS, "--idempotency-key", "once").splitlines()[0] for _ in range(2)
    )

    assert first == second


def test_a_run_that_has_ended_is_not_cancelled(stage: Stage, tenant: str) -> None:
    followed = stage.convergence("run", ADDRESS, "--follow")
    run_id = run_id_in(followed)

    error = stage.convergence("runs", "cancel", tenant, run_id, status=1)

    assert error == "Error: The run has ended: SUCCESS\n"


def test_a_failed_run_that_is_followed_ends_with_status_one(stage: Stage) -> None:
    stage.convergence("tenant", "add", "umbrella_003")
    folder = stage.configs / "umbrella_003"
    (folder / "sources" / "gone.yml").write_text("type: files\npath: gone.csv\nformat: csv\n")
    pipeline = folder / "pipelines" / "demo" / "cost" / "gone.yml"
    pipeline.parent.mkdir(parents=True)
    pipeline.write_text(
        "steps:\n  - {id: ingest, type: ingest, source: gone, destination: {table: raw_data, mode: append}}\n"
    )

    error = stage.convergence("run", "umbrella_003/demo/cost/gone", "--follow", status=1)

    assert error.startswith("Error: ingest: ")


def test_every_file_of_the_examples_is_right(stage: Stage) -> None:
    assert stage.convergence("validate", TENANT).endswith("0 problems in 1 tenant\n")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"GCP_PROJECT_ID": ""}, "GCP_PROJECT_ID is not set"),
        ({"BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:1"}, "did not answer"),
        ({"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json"}, "no usable Google credentials"),
    ],
)
def test_a_platform_that_is_not_there_is_told_at_once_and_plainly(
    stage: Stage, changed: dict[str, str], told: str
) -> None:
    done = run_convergence(["runs", "list", TENANT], env={**stage.platform.env, **changed}, cwd=ROOT)

    assert done.returncode == 1
    assert told in done.stderr
    assert "`make run`" in done.stderr
    assert "Traceback" not in done.stderr


def test_metadata_that_is_not_there_yet_is_told_with_the_command_that_creates_it(stage: Stage) -> None:
    env = {**stage.platform.env, "GCP_PROJECT_ID": "another-project"}
    done = run_convergence(["key", "list", TENANT], env=env, cwd=ROOT)

    assert (done.returncode, done.stderr.endswith("Create it with: convergence init\n")) == (1, True)
