"""kill -9 of `make run` itself, and `make run` again on what it left."""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from google.cloud import bigquery

from local.identity.credentials import load_credentials
from local.settings import PORTS, free_ports
from tests import plain_http
from tests.forked import run_convergence
from tests.patience import PATIENCE_SECONDS
from tests.stage import ENDED, FOCUS, ROOT, RUNS, TENANT, sourced
from tests.tethered import start_module

RUN_COUNT = 10


def test_ten_runs_end_well_though_make_run_is_killed_in_their_midst(tmp_path: Path) -> None:
    variables = variables_of(tmp_path)
    with make_run(variables) as first:
        await_health(variables)
        key = onboard(variables)
        finished(variables, accepted(variables, key=key), key=key)
        expected = rows(variables)

        storage = plain_http.Client(
            base_url=f"http://localhost:{variables['STORAGE_PORT']}", timeout=PATIENCE_SECONDS
        )
        storage.post("/storage/v1/b", json={"name": "kept"}).raise_for_status()
        storage.put("/kept/a.csv", content=b"a\n1\n").raise_for_status()
        run_ids = [accepted(variables, key=key) for _ in range(RUN_COUNT)]
        # At once: the last of them has hardly begun then, however busy the machine is.
        first.kill()
        killed_at = datetime.now(tz=UTC)
    with make_run(variables):
        await_health(variables)
        runs = [finished(variables, run_id, key=key) for run_id in run_ids]
        found = rows(variables)
        kept = storage.get("/kept/a.csv").content

    assert [(run["status"], run["error_message"]) for run in runs] == [("SUCCESS", None)] * RUN_COUNT
    assert found == expected
    assert kept == b"a\n1\n"
    # Otherwise it came too late to prove anything.
    assert any(datetime.fromisoformat(run["completed_at"]) > killed_at for run in runs)


def variables_of(folder: Path) -> dict[str, str]:
    """What `make run` is told: ports and folders of its own."""
    shutil.copytree(ROOT / "configs", folder / "configs")
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    data_dir = folder / "data"
    return {
        **ports,
        "DATA_DIR": str(data_dir),
        "CONFIGS_DIR": str(folder / "configs"),
        "LOG_FILE": str(data_dir / "app.log"),
    }


@contextmanager
def make_run(variables: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """`make run` for as long as the block lasts, then killed if it wasn't."""
    process = start_module(
        "local.run",
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        _, errors = process.communicate()
    assert errors == ""


def await_health(variables: dict[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            plain_http.get(
                f"http://localhost:{variables['PORT']}/health/ready", timeout=PATIENCE_SECONDS
            ).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the platform did not get ready"
            time.sleep(0.1)
        else:
            return


def onboard(variables: dict[str, str]) -> str:
    """The example tenant's key."""
    for command in (["tenant", "add", TENANT], ["key", "create", TENANT, "--quiet"]):
        done = run_convergence(command, env=shell_variables(variables), cwd=ROOT)
        assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def shell_variables(variables: dict[str, str]) -> dict[str, str]:
    """What a shell has that sources the platform's `env`."""
    path = Path(variables["DATA_DIR"]) / "env"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, "the environment file was not written"
        time.sleep(0.05)
    return sourced(path)


def accepted(variables: dict[str, str], *, key: str) -> str:
    """The id of a run that was just asked for."""
    url = f"http://localhost:{variables['PORT']}{FOCUS}"
    response = plain_http.post(url, headers={"X-API-Key": key}, timeout=PATIENCE_SECONDS).raise_for_status()
    run_id: str = response.json()["run_id"]
    return run_id


def finished(variables: dict[str, str], run_id: str, *, key: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        url = f"http://localhost:{variables['PORT']}{RUNS}/{run_id}"
        run: dict[str, Any] = plain_http.get(url, headers={"X-API-Key": key}, timeout=PATIENCE_SECONDS).json()
        if run["status"] in ENDED:
            return run
        assert time.monotonic() < deadline, run
        time.sleep(0.2)


def rows(variables: dict[str, str]) -> Counter[str]:
    """The transformed rows but for what differs from run to run."""
    client = bigquery.Client(
        project="convergence-local",
        credentials=load_credentials(Path(variables["DATA_DIR"]) / "service-account.json"),
        client_options={"api_endpoint": f"http://localhost:{variables['BIGQUERY_PORT']}"},
    )
    found = client.query_and_wait(f"SELECT * EXCEPT (run_id, created_at) FROM {TENANT}.transformed_data")
    return Counter(repr(sorted(dict(row).items())) for row in found)
