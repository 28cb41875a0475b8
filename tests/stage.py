"""The whole platform as `make run` starts it, and the ways people reach it: HTTP, `convergence`, `bq`, SQL."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from google.cloud import bigquery

from local.identity.credentials import load_credentials
from local.settings import isolated_settings
from local.supervisor import Platform, platform
from tests import plain_http
from tests.forked import run_bq, run_convergence
from tests.patience import PATIENCE_SECONDS, await_midnight_gone

ROOT = Path(__file__).resolve().parents[1]
TENANT = "acme_corp_001"
FOCUS = f"/api/v1/pipelines/run/{TENANT}/focus/cost/import"
RUNS = "/api/v1/pipelines/runs"
_RARELY_SECONDS = 60
"""Between two calls of the reconciler, each of which takes BigQuery's stand-in a second. Most tests lose no message."""
ENDED = {"SUCCESS", "FAILED", "CANCELLED"}


@dataclass
class Stage:
    """A running platform with a configs folder of its own, in which tests may change what they like."""

    platform: Platform
    configs: Path
    keys: dict[str, str] = field(default_factory=dict)

    def http(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        """One call of the API."""
        if "Idempotency-Key" in options.get("headers", {}) or path.endswith("/rerun"):
            await_midnight_gone()
        headers = {**({"X-API-Key": key} if key else {}), **options.pop("headers", {})}
        return plain_http.request(
            method, f"{self.platform.api_url}{path}", headers=headers, timeout=PATIENCE_SECONDS, **options
        )

    def convergence(self, *arguments: str, status: int = 0) -> str:
        """What the command prints on standard output; it has to end with `status`."""
        done = run_convergence(arguments, env=self.platform.env, cwd=ROOT)
        assert done.returncode == status, done.stderr + done.stdout
        return done.stdout if status == 0 else done.stderr

    def shell(self, command: list[str], **options: Any) -> "subprocess.CompletedProcess[str]":
        """A command in a shell that has sourced the platform's environment."""
        return subprocess.run(
            command,
            env=self.platform.env,
            cwd=options.pop("cwd", ROOT),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            **options,
        )

    def bq(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A `bq` command in the platform's environment."""
        return run_bq(arguments, env=self.platform.env, cwd=ROOT)

    def key(self, tenant_id: str = TENANT) -> str:
        """An API key of the tenant, which is onboarded if it wasn't."""
        if tenant_id not in self.keys:
            self.convergence("tenant", "add", tenant_id)
            self.keys[tenant_id] = self.convergence("key", "create", tenant_id, "--quiet").strip()
        return self.keys[tenant_id]

    def client(self) -> bigquery.Client:
        """Google's own client for the stand-in."""
        return bigquery.Client(
            project=self.platform.settings.project,
            credentials=load_credentials(self.platform.settings.credentials),
            client_options={"api_endpoint": self.platform.env["BIGQUERY_EMULATOR_HOST"]},
        )

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        return [dict(row) for row in self.client().query_and_wait(sql, wait_timeout=PATIENCE_SECONDS)]

    def run(self, path: str = FOCUS, *, key: str | None = None, body: object = None) -> dict[str, Any]:
        """Trigger a pipeline and wait for the run's end."""
        key = key or self.key()
        content = {} if body is None else {"json": body}
        accepted = self.http("POST", path, key=key, **content)
        assert accepted.status_code == httpx.codes.ACCEPTED, accepted.text
        return self.finished(accepted.json()["run_id"], key=key)

    def finished(self, run_id: str, *, key: str) -> dict[str, Any]:
        """The run once it has ended; fails with what it was last seen as."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            run: dict[str, Any] = self.http("GET", f"{RUNS}/{run_id}", key=key).json()
            if run["status"] in ENDED:
                return run
            assert time.monotonic() < deadline, json.dumps(run, indent=2)
            time.sleep(0.1)


def sourced(env_file: Path) -> dict[str, str]:
    """What a shell has that sources the file which `make run` writes."""
    command = ["/bin/sh", "-c", '. "$1"; env -0', "sh", str(env_file)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in printed.split("\0") if line)


@contextmanager
def new_stage(folder: Path, **changes: Any) -> Iterator[Stage]:
    """A platform on free ports with a copy of the example configurations, for as long as the block lasts.

    `changes` are settings of it that differ from those of `make run`.
    """
    configs = folder / "configs"
    shutil.copytree(ROOT / "configs", configs)
    usual = isolated_settings(folder / "data", configs_dir=configs)
    seldom = {"reconcile_every_seconds": _RARELY_SECONDS, "with_samples": False}
    settings = replace(usual, **{**seldom, **changes})
    with platform(settings) as running:
        yield Stage(running, configs)
