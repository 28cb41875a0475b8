"""What the environment says. The only reader of it, and each variable's only default."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from shared.domain.egress import Egress, parse_egress
from shared.domain.storage_uri import StorageUri, parse_storage_uri


class SettingsError(Exception):
    """A variable is missing or can't be understood."""


GOOGLE_UNIVERSE = "googleapis.com"
"""Where Cloud Storage is without anybody's saying so."""


@dataclass(frozen=True)
class Settings:
    """Where we run and where things are. docs/ENVIRONMENT_VARIABLES.md explains each."""

    project: str
    location: str
    steps_topic: str
    configs_dir: Path
    configs_uri: StorageUri | None
    secrets_dir: Path | None
    files_dir: Path | None
    log_level: str
    executor_budget: timedelta
    reader_lost_after: timedelta
    stale_after: timedelta
    retry_pause: timedelta
    reconcile_every: timedelta
    log_proof: timedelta
    key_refresh: timedelta
    scheduler_service_account: str | None
    triggers_audience: str | None
    oidc_certs_url: str
    iam_credentials_url: str
    bigquery_url: str
    universe_domain: str
    storage_url: str | None
    egress: Egress


def read_settings() -> Settings:
    """Settings from the environment. Raises SettingsError naming the variable."""
    return Settings(
        project=_require("GCP_PROJECT_ID", "the Google Cloud project, e.g. my-project"),
        location=os.environ.get("BIGQUERY_LOCATION", "US"),
        steps_topic=os.environ.get("STEPS_TOPIC", "pipeline-steps"),
        configs_dir=read_configs_dir(),
        configs_uri=_bucket("CONFIGS_URI"),
        secrets_dir=read_secrets_dir(),
        files_dir=_path("FILES_DIR"),
        log_level=os.environ.get("LOG_LEVEL", "INFO").upper(),
        executor_budget=_seconds("EXECUTOR_BUDGET_SECONDS", 500),
        reader_lost_after=_seconds("READER_LOST_AFTER_SECONDS", 120),
        stale_after=_seconds("STALE_AFTER_SECONDS", 900),
        retry_pause=_seconds("RETRY_PAUSE_SECONDS", 10),
        reconcile_every=_seconds("RECONCILE_EVERY_SECONDS", 60),
        log_proof=_seconds("LOG_PROOF_SECONDS", 60, least=0),
        key_refresh=_seconds("KEY_REFRESH_SECONDS", 10, least=0),
        scheduler_service_account=_text("SCHEDULER_SERVICE_ACCOUNT"),
        triggers_audience=_text("TRIGGERS_AUDIENCE"),
        oidc_certs_url=os.environ.get("OIDC_CERTS_URL", "https://www.googleapis.com/oauth2/v1/certs"),
        iam_credentials_url=os.environ.get("IAM_CREDENTIALS_URL", "https://iamcredentials.googleapis.com"),
        bigquery_url=os.environ.get("BIGQUERY_EMULATOR_HOST", "https://bigquery.googleapis.com"),
        universe_domain=os.environ.get("UNIVERSE_DOMAIN", GOOGLE_UNIVERSE),
        storage_url=_text("STORAGE_EMULATOR_HOST"),
        egress=read_egress(),
    )


def read_configs_dir() -> Path:
    """Where the tenants' folders are."""
    return Path(os.environ.get("CONFIGS_DIR", "configs"))


def read_secrets_dir() -> Path | None:
    """Where secrets are files, if they are."""
    return _path("SECRETS_DIR")


def read_egress() -> Egress:
    """What sources may reach; with the folders all that is needed to check them."""
    try:
        return parse_egress(os.environ.get("EGRESS_ALLOWED", ""))
    except ValueError as error:
        raise SettingsError(f"EGRESS_ALLOWED: {error}") from error


def _require(name: str, meaning: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set; it names {meaning}")
    return value


def _seconds(name: str, default: int, *, least: int = 1) -> timedelta:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(f"{name} is {text!r}; it has to be a whole number of seconds, at least {least}")
    return timedelta(seconds=int(text))


def _text(name: str) -> str | None:
    return os.environ.get(name, "") or None


def _path(name: str) -> Path | None:
    value = os.environ.get(name, "")
    return Path(value) if value else None


def _bucket(name: str) -> StorageUri | None:
    text = os.environ.get(name, "")
    if not text:
        return None
    try:
        uri = parse_storage_uri(text)
    except ValueError as error:
        raise SettingsError(f"{name} is {text!r}; it has to be gs://bucket or gs://bucket/folder") from error
    if set(uri.path) & set("*?["):
        raise SettingsError(f"{name} is {text!r}; its folder can't have *, ? or [ in its name")
    return uri
