"""What a local platform is made of: ports, folders, project."""

import json
import random
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "localhost,127.0.0.0/8,::1"
PORTS = ("PORT", "BIGQUERY_PORT", "PUBSUB_PORT", "STORAGE_PORT")
"""The variables that move what `make run` listens on."""
_NEVER_GIVEN = range(20_000, 32_768)
"""Below what systems give to connections, and to servers that leave it to them: from 32768 on, or from 49152."""
_SYSTEM_LOG_FILE = Path("/var/log/convergence/app.log")


class StartError(Exception):
    """The platform can't start; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Settings:
    """Everything a platform needs to know before it starts. Paths are absolute."""

    project: str
    port: int
    bigquery_port: int
    pubsub_port: int
    storage_port: int
    data_dir: Path
    configs_dir: Path
    log_file: Path
    steps_topic: str = "pipeline-steps"
    files_dir: Path = Path("/")
    # People try things out on their own machine.
    egress_allowed: str = LOOPBACK
    # Shorter than in the cloud, because whoever tries something on a laptop watches it. A call's budget has to be
    # shorter than the time after which a run is taken for lost: its end leaves a sign of life.
    executor_budget_seconds: int = 45
    reader_lost_after_seconds: int = 10
    stale_after_seconds: int = 60
    retry_pause_seconds: int = 1
    reconcile_every_seconds: float = 10
    # As in the cloud; Pub/Sub takes 5 to 100.
    delivery_attempts: int = 100
    redelivery_pause_seconds: tuple[float, float] = (1, 60)
    # The folder with main.py and scripts/.
    root: Path = _ROOT
    # Whether there is the billing export that the example tenant reads.
    with_samples: bool = True

    @property
    def api_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def credentials(self) -> Path:
        return self.data_dir / "service-account.json"

    def to_json(self) -> str:
        """The settings for another process of the platform; see `parse_settings`."""
        return json.dumps(asdict(self), default=str)


def parse_settings(text: str) -> Settings:
    """What `Settings.to_json` wrote."""
    values = json.loads(text)
    return Settings(**{field.name: field.type(values[field.name]) for field in fields(Settings)})  # type: ignore[operator]


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings of `make run`. Raises StartError naming the variable."""
    data_dir = Path(environment.get("DATA_DIR") or _ROOT / ".local").resolve()
    log_file = environment.get("LOG_FILE")
    return Settings(
        project=environment.get("GCP_PROJECT_ID") or "convergence-local",
        port=_parse_port(environment, "PORT", 8080),
        bigquery_port=_parse_port(environment, "BIGQUERY_PORT", 9050),
        pubsub_port=_parse_port(environment, "PUBSUB_PORT", 8085),
        storage_port=_parse_port(environment, "STORAGE_PORT", 9023),
        data_dir=data_dir,
        configs_dir=Path(environment.get("CONFIGS_DIR") or _ROOT / "configs").resolve(),
        log_file=Path(log_file).resolve() if log_file else _default_log_file(data_dir),
        steps_topic=environment.get("STEPS_TOPIC") or "pipeline-steps",
        egress_allowed=f"{LOOPBACK},{environment.get('EGRESS_ALLOWED', '')}".strip(","),
    )


def isolated_settings(data_dir: Path, *, configs_dir: Path, project: str = "convergence-local") -> Settings:
    """A platform beside any other: free ports, everything it writes below `data_dir`."""
    port, bigquery_port, pubsub_port, storage_port = free_ports(4)
    return Settings(
        project=project,
        port=port,
        bigquery_port=bigquery_port,
        pubsub_port=pubsub_port,
        storage_port=storage_port,
        data_dir=data_dir.resolve(),
        configs_dir=configs_dir.resolve(),
        log_file=data_dir.resolve() / "app.log",
    )


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different; the system gives them to nobody who asks for just any."""
    drawn = random.SystemRandom().sample(_NEVER_GIVEN, k=100 * count)
    return list(islice(filter(is_free, drawn), count))


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free_ports(settings: Settings) -> None:
    """Raise StartError naming the first port that is taken and the variable that moves it."""
    wanted = {
        "PORT": settings.port,
        "BIGQUERY_PORT": settings.bigquery_port,
        "PUBSUB_PORT": settings.pubsub_port,
        "STORAGE_PORT": settings.storage_port,
    }
    for variable, port in wanted.items():
        if not is_free(port):
            raise StartError(f"Port {port} is in use. Stop what uses it, or set {variable} to another port.")


def _parse_port(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise StartError(f"{variable} is {text!r}; it has to be a port, 1 to 65535.")
    return int(text)


def _default_log_file(data_dir: Path) -> Path:
    """The system's log folder where we may write, else beside the data."""
    try:
        _SYSTEM_LOG_FILE.parent.mkdir(parents=True, exist_ok=True)
        with _SYSTEM_LOG_FILE.open("a", encoding="utf-8"):
            return _SYSTEM_LOG_FILE
    except OSError:
        return data_dir / "app.log"
