"""The archive is what runs: unpacked elsewhere, with its own requirements only, served as in the cloud."""

import base64
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.environment import platform_environment
from local.subscriptions import keep_subscriptions
from tests.contract.bundle.install import python_with
from tests.contract.bundle.server import Server, await_answers, serve
from tests.patience import PATIENCE_SECONDS
from tests.stage import ENDED, FOCUS, ROOT, RUNS, Stage, new_stage

# The first test of a fresh clone installs the requirements.

FUNCTIONS = ("health", "runs", "triggers", "executor", "reconciler")
VENDORS = ("google.", "grpc", "dlt", "pyarrow", "requests", "yaml", "sqlglot")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive, with the example configurations, unpacked where nothing else is."""
    folder = tmp_path_factory.mktemp("bundle")
    build = [sys.executable, str(ROOT / "scripts/build_bundle.py"), "--configs", str(ROOT / "configs")]
    subprocess.run([*build, "--output", str(folder / "bundle.zip")], check=True, capture_output=True)
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.fixture(scope="module")
def python(unpacked: Path) -> Path:
    return python_with(unpacked / "requirements.txt")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stand-ins. The functions that come with them hear of nothing: the archive's have a topic of their own."""
    with new_stage(tmp_path_factory.mktemp("stage"), reconcile_every_seconds=3600) as stage:
        yield stage


@pytest.fixture(scope="module")
def servers(stage: Stage, unpacked: Path, python: Path) -> Iterator[dict[str, Server]]:
    """Every function, with the topic pushing to the executor."""
    settings = replace(stage.platform.settings, steps_topic="bundle-steps")
    environment = platform_environment(settings)
    # As in the cloud, where nobody sets them.
    for name in ("CONFIGS_DIR", "FILES_DIR", "SECRETS_DIR"):
        del environment[name]
    with ExitStack() as running:
        servers = {
            target: running.enter_context(serve(target, unpacked, python=python, environment=environment))
            for target in FUNCTIONS
        }
        keep_subscriptions(settings, push_url=f"{servers['executor'].url}/")
        await_answers(servers)
        yield servers


def said_by(python: Path, script: str, *arguments: str, folder: Path) -> Any:
    """What a script prints as JSON, in the archive's environment."""
    done = subprocess.run(
        [str(python), "-c", script, *arguments],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_python_file_compiles(unpacked: Path, python: Path) -> None:
    done = subprocess.run(
        [str(python), "-m", "compileall", "-f", "-q", "."],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_health_answers_without_any_client_library(unpacked: Path, python: Path) -> None:
    script = """
import json, sys
from functions_framework import create_app
before = set(sys.modules)
answer = create_app("health", "main.py").test_client().get("/health")
files = [module.__file__ for name, module in sys.modules.items() if name.split(".")[0] in ("shared", "functions")]
print(json.dumps([answer.status_code, sorted(set(sys.modules) - before), files, sys.path]))
"""

    status, names, files, path = said_by(python, script, folder=unpacked)

    assert status == 200
    assert "functions.health.main" in names
    assert [name for name in names if name.startswith(VENDORS)] == []
    assert [file for file in files if file and not Path(file).is_relative_to(unpacked)] == []
    assert str(ROOT) not in path


def test_a_run_is_carried_out_by_the_archives_functions_alone(
    stage: Stage, servers: dict[str, Server]
) -> None:
    headers = {"X-API-Key": stage.key()}

    accepted = servers["triggers"].call("POST", FOCUS, headers=headers)

    assert accepted.status_code == 202, accepted.text
    run_id = accepted.json()["run_id"]
    run = finished(servers["runs"], f"{RUNS}/{run_id}", headers=headers)
    assert (run["status"], [step["status"] for step in run["steps"]]) == ("SUCCESS", ["SUCCESS"] * 3)
    lines = [json.loads(line) for line in servers["executor"].output.read_text().splitlines() if "{" in line]
    assert {line["run_id"] for line in lines if line["action"] == "step_handled"} == {run_id}
    assert run_id not in stage.platform.settings.log_file.read_text()


def finished(server: Server, path: str, *, headers: dict[str, str]) -> dict[str, Any]:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        run: dict[str, Any] = server.call("GET", path, headers=headers).json()
        if run["status"] in ENDED:
            return run
        assert time.monotonic() < give_up_at, json.dumps(run, indent=2)
        time.sleep(0.2)


def test_health_says_that_all_it_needs_is_there(servers: dict[str, Server]) -> None:
    answers = [servers["health"].call("GET", path) for path in ("/health", "/health/ready")]

    assert [(each.status_code, each.json()["status"]) for each in answers] == [(200, "ok")] * 2, answers[
        1
    ].text


def test_runs_answers_whoever_has_a_key(stage: Stage, servers: dict[str, Server]) -> None:
    with_key = servers["runs"].call("GET", RUNS, headers={"X-API-Key": stage.key()})
    without = servers["runs"].call("GET", RUNS)

    assert (with_key.status_code, without.status_code) == (200, 401)


def test_the_executor_acknowledges_what_no_delivery_can_mend(servers: dict[str, Server]) -> None:
    message = {"data": base64.b64encode(b"no command").decode(), "messageId": "1"}

    answers = [
        servers["executor"].call("POST", path, json={"message": message}) for path in ("/", "/dead-letter")
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(200, {"outcome": "refused"})] * 2


def test_the_reconciler_finds_nothing_to_mend(servers: dict[str, Server]) -> None:
    answer = servers["reconciler"].call("POST", "/")

    assert answer.status_code == 200, answer.text
    assert answer.json()["failed"] == 0
