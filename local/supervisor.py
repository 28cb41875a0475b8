"""The whole platform on this machine: started in order, kept running, stopped in order."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from local.bigquery.bq_settings import write_bq_settings
from local.child import Child
from local.environment import child_environment, shell_environment, shell_path, write_shell_file
from local.errand import Errand
from local.folder_lock import hold_folder
from local.forks import Forks
from local.identity.account import email_of
from local.log_lines import LogFile, Say
from local.settings import Settings, free_ports, is_free, require_free_ports

# Google's discovery document: answered without touching a table.
_BIGQUERY_READY_PATH = "/discovery/v1/apis/bigquery/v2/rest"


class Platform:
    """The running stand-ins and functions.

    Children are `bigquery`, `pubsub`, `storage`, `gateway`, `executor` and `reconciler`; each keeps `lock` open.
    BigQuery, which shares next to nothing with the others, starts while what they share is loaded.
    """

    def __init__(self, settings: Settings, log_file: LogFile, say: Say, *, lock: int) -> None:
        self.settings = settings
        self._lock = lock
        self.api_url = settings.api_url
        self.env: dict[str, str] = {}
        self._log_file = log_file
        self._say = say
        self._environment = child_environment(settings)
        self._forks: Forks | None = None
        self._children: dict[str, Child] = {}

    def start(self) -> None:
        """Return when everything answers and the metadata tables are there. Raises StartError."""
        settings, source = self.settings, ("--source", str(self.settings.root / "main.py"))
        storage = self._environment["STORAGE_EMULATOR_HOST"]
        is_new = not (settings.data_dir / "bigquery").exists()
        self._start_stand_in(
            "bigquery", settings.bigquery_port, "--project", settings.project, "--storage", storage
        )
        self._forks = Forks(environment=self._environment, folder=settings.root, output=self._output("forks"))
        samples = self._samples(is_new=is_new)
        self._start_stand_in("storage", settings.storage_port, "--owner", email_of(settings.project))
        account = (str(settings.credentials), settings.project, f"{self.api_url}/token")
        self._errand("service account", "local.identity.account", *account).await_end()
        executor_port = _executor_port(settings)
        self._start_functions("executor", executor_port, *source)
        self._start_functions("gateway", settings.port, *source, "--credentials", str(settings.credentials))
        # Pub/Sub delivers what is left from last time at once: its subscriber has to be there before it.
        self._children["executor"].await_ready()
        self._start_stand_in("pubsub", settings.pubsub_port)
        self._children["pubsub"].await_ready()
        push_url = f"http://127.0.0.1:{executor_port}/"
        subscriptions = self._errand("subscriptions", "local.subscriptions", push_url, settings.to_json())
        self._children["gateway"].await_ready()
        self._children["bigquery"].await_ready()
        self._children["storage"].await_ready()
        tables = self._errand("metadata tables", str(settings.root / "scripts" / "init_metadata_tables.py"))
        subscriptions.await_end()
        for errand in (tables, *samples):
            for line in errand.await_end():
                self._say(line)
        self._write_environment()
        # Nobody waits for it: it has something to do only when something else went wrong.
        [port] = free_ports(1)
        every = ("--every", str(settings.reconcile_every_seconds))
        self._start_functions("reconciler", port, *source, *every)
        self._children["reconciler"].keep_up()

    def pid_of(self, name: str) -> int:
        """The process id of a child now; another one after it died."""
        return self._children[name].pid

    def stop(self) -> None:
        """Stop the deliveries first, then who receives them, the warehouse last. May be called again."""
        for name in ("reconciler", "pubsub", "executor", "gateway", "bigquery", "storage"):
            child = self._children.pop(name, None)
            if child is not None:
                child.stop()
        if self._forks is not None:
            self._forks.close()

    def _start_stand_in(self, name: str, port: int, *arguments: str) -> None:
        folder = ("--data-dir", str(self.settings.data_dir / name))
        self._children[name] = self._child(name, port, f"local.{name}", *folder, *arguments, logs=False)

    def _start_functions(self, name: str, port: int, *arguments: str) -> None:
        self._children[name] = self._child(name, port, f"local.{name}", *arguments, logs=True)

    def _child(self, name: str, port: int, module: str, *arguments: str, logs: bool) -> Child:
        return Child(
            name,
            [module, "--port", str(port), *arguments],
            port=port,
            ready_path=_BIGQUERY_READY_PATH if name == "bigquery" else None,
            environment=self._environment,
            folder=self.settings.root,
            output=self._output(name),
            log_file=self._log_file if logs else None,
            say=self._say,
            held=[self._lock],
            forks=self._forks,
        )

    def _errand(self, what: str, *command: str) -> Errand:
        if self._forks is None:
            raise AssertionError("nothing is forked before what is shared is loaded")
        trouble = f"The {what} could not be set up"
        return Errand(
            command, forks=self._forks, output=self._output(what.replace(" ", "-")), trouble=trouble
        )

    def _samples(self, *, is_new: bool) -> list[Errand]:
        if not self.settings.with_samples:
            return []
        where = ["--port", str(self.settings.bigquery_port), "--project", self.settings.project]
        anew = ["--anew"] if is_new else []
        return [self._errand("sample billing export", "local.samples.keep_billing_export", *where, *anew)]

    def _output(self, name: str) -> Path:
        return self.settings.data_dir / "output" / f"{name}.txt"

    def _write_environment(self) -> None:
        settings = self.settings
        api_url = f"http://localhost:{settings.bigquery_port}"
        bq = write_bq_settings(settings.data_dir / "bq", api_url=api_url, project=settings.project)
        variables = shell_environment(settings, bq)
        write_shell_file(settings.data_dir / "env", variables)
        self.env = {**self._environment, **variables, "PATH": shell_path(os.environ.get("PATH", ""))}


def _silence(_: str) -> None:
    """Say nothing."""


@contextmanager
def platform(settings: Settings, *, say: Say = _silence) -> Iterator[Platform]:
    """A platform for as long as the block lasts; `say` is told what a person at a terminal wants to know.

    Raises StartError, with everything stopped again, when a port is taken, another platform uses the same folder, or
    a part does not start.
    """
    with (
        hold_folder(settings.data_dir, say=say) as lock,
        closing(LogFile(settings.log_file, say)) as log_file,
    ):
        require_free_ports(settings)
        running = Platform(settings, log_file, say, lock=lock)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def _executor_port(settings: Settings) -> int:
    """The port the executor had last time if it can be had again, because what was left is addressed to it."""
    path = settings.data_dir / "executor-port"
    if path.exists() and is_free(int(path.read_text("utf-8"))):
        return int(path.read_text("utf-8"))
    [port] = free_ports(1)
    path.write_text(str(port), encoding="utf-8")
    return port
