"""The environment a platform gives to its functions, and to a shell through DATA_DIR/env."""

import math
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from local.identity.account import UNIVERSE_DOMAIN, email_of
from local.settings import Settings


def platform_environment(settings: Settings) -> dict[str, str]:
    """The variables by which functions and clients find the stand-ins."""
    return {
        "GCP_PROJECT_ID": settings.project,
        "GOOGLE_CLOUD_PROJECT": settings.project,
        "BIGQUERY_EMULATOR_HOST": f"http://localhost:{settings.bigquery_port}",
        "PUBSUB_EMULATOR_HOST": f"localhost:{settings.pubsub_port}",
        "STORAGE_EMULATOR_HOST": f"http://localhost:{settings.storage_port}",
        "GOOGLE_APPLICATION_CREDENTIALS": str(settings.credentials),
        "CONFIGS_DIR": str(settings.configs_dir),
        "SECRETS_DIR": str(settings.configs_dir),
        "FILES_DIR": str(settings.files_dir),
        "STEPS_TOPIC": settings.steps_topic,
        "SCHEDULER_SERVICE_ACCOUNT": email_of(settings.project),
        "TRIGGERS_AUDIENCE": settings.api_url,
        "OIDC_CERTS_URL": f"{settings.api_url}/certs",
        "IAM_CREDENTIALS_URL": settings.api_url,
        "UNIVERSE_DOMAIN": UNIVERSE_DOMAIN,
        "EGRESS_ALLOWED": settings.egress_allowed,
        # The stand-in keeps streamed rows from a table's first moment on.
        "LOG_PROOF_SECONDS": "0",
        # Its queries cost nothing: a key counts as soon as it is made.
        "KEY_REFRESH_SECONDS": "0",
    }


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of every process of the platform: the caller's, with ours on top."""
    return {
        # glibc's malloc would have up to eight heaps a core, each of which keeps what it once needed.
        "MALLOC_ARENA_MAX": "2",
        **os.environ,
        **platform_environment(settings),
        "EXECUTOR_BUDGET_SECONDS": str(settings.executor_budget_seconds),
        "READER_LOST_AFTER_SECONDS": str(settings.reader_lost_after_seconds),
        "STALE_AFTER_SECONDS": str(settings.stale_after_seconds),
        "RETRY_PAUSE_SECONDS": str(settings.retry_pause_seconds),
        "RECONCILE_EVERY_SECONDS": str(math.ceil(settings.reconcile_every_seconds)),
        "PYTHONUNBUFFERED": "1",
    }


def shell_environment(settings: Settings, bq_settings: Mapping[str, str]) -> dict[str, str]:
    """What a shell needs on top of its own, PATH excepted: the platform, the API, `bq`."""
    return {
        **platform_environment(settings),
        "API_URL": settings.api_url,
        # Where gcloud looks, every ten minutes, for a server that only machines of Google's have: there is none here.
        "GCE_METADATA_ROOT": f"localhost:{settings.port}",
        **bq_settings,
    }


def shell_path(path: str) -> str:
    """PATH with the folder of this Python, `.venv/bin`, in front."""
    return f"{_binaries()}{os.pathsep}{path}"


def write_shell_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write `export` lines to be sourced; what the sourcing shell has on its PATH stays there."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    lines.append(f'export PATH={shlex.quote(_binaries())}:"$PATH"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _binaries() -> str:
    # Not resolved: .venv/bin/python is a link to a Python elsewhere.
    return str(Path(sys.executable).absolute().parent)
