"""The platform as `make run` starts it, in a folder of its own, and the ways in: HTTP, Google's client of BigQuery."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from google.cloud import bigquery
from google.oauth2 import service_account

from benchmarks.figure import MeasureError
from local.settings import PORTS, free_ports

ROOT = Path(__file__).resolve().parents[1]
ENDED = frozenset({"SUCCESS", "FAILED", "CANCELLED"})
_READY_SECONDS = 300.0
_STOP_SECONDS = 30.0
_CALL_SECONDS = 120.0


@dataclass(frozen=True)
class Stage:
    """A running platform: its first process, its environment, and how long it took to be ready."""

    pid: int
    env: Mapping[str, str]
    ready_seconds: float

    @property
    def api_url(self) -> str:
        return self.env["API_URL"]

    def client(self) -> bigquery.Client:
        """Google's own client of the warehouse."""
        credentials = service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            self.env["GOOGLE_APPLICATION_CREDENTIALS"]
        )
        return bigquery.Client(
            project=self.env["GCP_PROJECT_ID"],
            credentials=credentials,
            client_options={"api_endpoint": self.env["BIGQUERY_EMULATOR_HOST"]},
        )

    def convergence(self, *arguments: str) -> str:
        """What the command prints. Raises MeasureError if it fails."""
        command = [str(Path(sys.executable).parent / "convergence"), *arguments]
        environment = {**os.environ, **self.env}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise MeasureError(f"convergence {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()


class Caller:
    """A tenant's client of the API, which keeps its connection."""

    def __init__(self, stage: Stage, *, key: str) -> None:
        self._url = f"{stage.api_url}/api/v1/pipelines"
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key

    def post(self, pipeline: str) -> str:
        """The id of a run that was asked for."""
        answer = self._session.post(f"{self._url}/run/{pipeline}", timeout=_CALL_SECONDS)
        return str(self._checked(answer, requests.codes.accepted)["run_id"])

    def get(self, run_id: str) -> dict[str, Any]:
        """The run as it is."""
        return self._checked(self._session.get(f"{self._url}/runs/{run_id}", timeout=_CALL_SECONDS))

    def page(self, *, limit: int) -> dict[str, Any]:
        """The newest runs."""
        return self._checked(self._session.get(f"{self._url}/runs?limit={limit}", timeout=_CALL_SECONDS))

    def finish(self, run_id: str, *, every: float, seconds: float = 600) -> dict[str, Any]:
        """The run once it has succeeded, asked for `every` so many seconds."""
        give_up_at = time.monotonic() + seconds
        while True:
            run = self.get(run_id)
            if run["status"] == "SUCCESS":
                return run
            if run["status"] in ENDED:
                raise MeasureError(f"the run {run['status']}: {run['error_message']}")
            if time.monotonic() > give_up_at:
                raise MeasureError(f"the run was {run['status']} after {seconds:.0f} s")
            time.sleep(every)

    def _checked(self, answer: requests.Response, status: int = 200) -> dict[str, Any]:
        if answer.status_code != status:
            raise MeasureError(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running_platform(data_dir: Path, *, configs: Path) -> Iterator[Stage]:
    """A platform on free ports for as long as the block lasts. Raises MeasureError if it doesn't get ready."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / "env").unlink(missing_ok=True)
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    settings = {"DATA_DIR": str(data_dir), "CONFIGS_DIR": str(configs), "LOG_FILE": str(data_dir / "app.log")}
    began = time.monotonic()
    with (data_dir / "printed.txt").open("w", encoding="utf-8") as printed:
        process = subprocess.Popen(
            # Tethered, so that it ends with us however we end; a session of its own, so that Ctrl-C reaches us first.
            [sys.executable, "-m", "local.tether", "local.run"],
            cwd=ROOT, env={**os.environ, **ports, **settings}, stdin=subprocess.PIPE,
            stdout=printed, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            env = _await_ready(process, data_dir)
            yield Stage(process.pid, env, ready_seconds=time.monotonic() - began)
        finally:
            _stop(process)


def _await_ready(process: "subprocess.Popen[bytes]", data_dir: Path) -> dict[str, str]:
    """What a shell would source, once everything answers: the file is written after the metadata tables are there."""
    give_up_at = time.monotonic() + _READY_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        env = _read_shell_file(data_dir / "env")
        if env and requests.get(f"{env['API_URL']}/health/ready", timeout=_CALL_SECONDS).ok:
            return env
        time.sleep(0.01)
    raise MeasureError(f"the platform did not get ready:\n{(data_dir / 'printed.txt').read_text('utf-8')}")


def _read_shell_file(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    # The last line is PATH, which needs a shell to be read.
    if not lines or not lines[-1].startswith("export PATH="):
        return {}
    words = (shlex.split(line)[1].partition("=") for line in lines[:-1])
    return {name: value for name, _, value in words}


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
