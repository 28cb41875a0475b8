"""`make run` as a person starts and stops it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from google.cloud import bigquery

from local.samples.gcp_billing_export import rows
from local.samples.load_billing_export import SEED
from local.settings import PORTS, free_ports
from tests import plain_http
from tests.forked import run_convergence
from tests.patience import PATIENCE_SECONDS, await_midnight_gone
from tests.stage import ENDED, ROOT, TENANT, Stage, sourced
from tests.tethered import ended, start_module


@contextmanager
def make_run(data_dir: Path, ports: list[int], stage: Stage) -> Iterator["subprocess.Popen[str]"]:
    variables = {
        **dict(zip(PORTS, map(str, ports), strict=True)),
        "DATA_DIR": str(data_dir),
        "LOG_FILE": str(data_dir / "app.log"),
        "CONFIGS_DIR": str(stage.configs),
    }
    process = start_module(
        "local.run",
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def await_health(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            plain_http.get(
                f"http://localhost:{port}/health/ready", timeout=PATIENCE_SECONDS
            ).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, "the platform did not get ready"
            time.sleep(0.1)
        else:
            return


def await_env(data_dir: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (data_dir / "env").exists():
        assert time.monotonic() < deadline, "the environment file was not written"
        time.sleep(0.05)


def exported(data_dir: Path, port: int) -> dict[str, Any]:
    """The first run of the example tenant's billing export, as a newcomer asks for it."""
    env = sourced(data_dir / "env")
    for command in (["tenant", "add", TENANT], ["key", "create", TENANT, "--quiet"]):
        done = run_convergence(command, env=env, cwd=ROOT)
        assert done.returncode == 0, done.stderr
    headers = {"X-API-Key": done.stdout.strip()}
    api = plain_http.Client(base_url=f"http://localhost:{port}", headers=headers, timeout=PATIENCE_SECONDS)
    accepted = api.post(f"/api/v1/pipelines/run/{TENANT}/gcp/cost/export").raise_for_status()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        run: dict[str, Any] = api.get(accepted.headers["Location"]).json()
        if run["status"] in ENDED:
            return run
        assert time.monotonic() < deadline, run
        time.sleep(0.1)


def sample_rows(date_range: str) -> int:
    """How many rows of the sample are about usage of these days."""
    first, last = map(date.fromisoformat, date_range.split("/"))
    used = (str(row["usage_start_time"])[:10] for row in rows(first_day=first, last_day=last, seed=SEED))
    return sum(first.isoformat() <= day <= last.isoformat() for day in used)


def test_ctrl_c_stops_everything_and_a_second_start_finds_the_data_again(
    tmp_path: Path, stage: Stage
) -> None:
    await_midnight_gone()
    ports = free_ports(len(PORTS))
    with make_run(tmp_path, ports, stage) as first:
        await_env(tmp_path)
        await_health(ports[0])
        client = _client(ports[1], stage)
        client.create_dataset("kept")
        first.send_signal(signal.SIGINT)
        output, errors = ended(first)

    with make_run(tmp_path, ports, stage) as second:
        await_health(ports[0])
        await_env(tmp_path)
        run = exported(tmp_path, ports[0])
        datasets = {dataset.dataset_id for dataset in _client(ports[1], stage).list_datasets()}
        second.send_signal(signal.SIGINT)
        ended(second)

    assert (first.returncode, errors) == (0, "")
    assert "✓ BigQuery client initialized" in output
    assert "metadata.pipeline_runs (view)" in output
    assert f"http://localhost:{ports[0]}" in output
    assert datasets == {"kept", "metadata", "billing_export", TENANT}
    assert (run["status"], run["error_message"]) == ("SUCCESS", None)
    assert run["metrics"]["rows_ingested"] == sample_rows(run["parameters"]["date_range"])


def test_a_port_in_use_is_named_before_anything_is_started(tmp_path: Path, stage: Stage) -> None:
    ports = [stage.platform.settings.port, *free_ports(len(PORTS) - 1)]

    with make_run(tmp_path, ports, stage) as refused:
        output, errors = ended(refused)

    assert refused.returncode == 1
    assert errors == (
        f"make run: Port {ports[0]} is in use. Stop what uses it, or set PORT to another port.\n"
    )
    assert "Created" not in output


def _client(port: int, stage: Stage) -> bigquery.Client:
    return bigquery.Client(
        project="convergence-local",
        credentials=stage.client()._credentials,
        client_options={"api_endpoint": f"http://localhost:{port}"},
    )
