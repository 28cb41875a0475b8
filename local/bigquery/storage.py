"""The DuckDB database behind the stand-in, and upstream's services around it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import duckdb_extension_spatial  # type: ignore[import-untyped]
from bqemulator.api.dependencies import AppContext
from bqemulator.catalog.duckdb_repository import DuckDBCatalogRepository
from bqemulator.config import LogLevel, PersistenceMode, Settings
from bqemulator.domain.clock import SystemClock
from bqemulator.domain.events import EventBus, TableDataChanged
from bqemulator.observability.metrics import MetricsRegistry
from bqemulator.row_access.policy import RowAccessPolicyManager
from bqemulator.storage.engine import DuckDBEngine
from bqemulator.udf.runtime import UDFRegistry
from bqemulator.versioning.materialized_views import hydrate_subscriptions
from bqemulator.versioning.snapshots import SnapshotManager


class OfflineEngine(DuckDBEngine):
    """Upstream's engine, which finds the spatial extension without a network.

    Upstream 1.4.0 runs `INSTALL spatial`, a download. The extension is a pinned package here, so its file
    is loaded by path.
    """

    def _load_spatial(self) -> None:
        folder = Path(duckdb_extension_spatial.__file__).parent / "extensions"
        extension = next(folder.glob("*/spatial.duckdb_extension"))
        # The path is that of an installed package, not user input; LOAD takes no parameters.
        self.connection.execute(f"LOAD '{extension}'")


class SecondEngine(DuckDBEngine):
    """A second connection to the database of a started engine."""

    def __init__(self, first: DuckDBEngine, settings: Settings) -> None:
        super().__init__(settings)
        self._connection = first.connection.cursor()
        self._apply_session_pragmas()
        self._started = True


class NoSnapshots(SnapshotManager):
    """Keeps no history of tables.

    Upstream 1.4.0 copies the whole table after every write for FOR SYSTEM_TIME AS OF, which makes an append
    cost as much as the table is large. Time travel is not offered here.
    """

    def record_change(self, project_id: str, dataset_id: str, table_id: str) -> None:
        self._events.publish(TableDataChanged(project_id, dataset_id, table_id))


async def open_storage(data_dir: Path, *, project: str) -> AppContext:
    """Open (or create) the database in `data_dir`. A database left by a killed process needs no repair."""
    settings = _settings(data_dir, project=project)
    _create_database(Path(settings.duckdb_path()))
    engine = OfflineEngine(settings)
    await engine.start()
    catalog = DuckDBCatalogRepository(engine)
    catalog.ensure_ready()
    clock, events = SystemClock(), EventBus()
    context = AppContext(
        settings=settings,
        clock=clock,
        engine=engine,
        catalog=catalog,
        metrics=MetricsRegistry(),
        events=events,
        udf_registry=UDFRegistry(settings),
        snapshots=NoSnapshots(engine=engine, catalog=catalog, clock=clock, events=events, retention_days=0),
        row_access=RowAccessPolicyManager(catalog=catalog, clock=clock),
    )
    context.udf_registry.hydrate(catalog, engine)
    hydrate_subscriptions(context)
    return context


def open_beside(storage: AppContext) -> AppContext:
    """A second way into the open database: a connection and a copy of the catalog of its own."""
    engine = SecondEngine(storage.engine, storage.settings)
    catalog, clock, events = DuckDBCatalogRepository(engine), storage.clock, EventBus()
    catalog.ensure_ready()
    return replace(
        storage,
        engine=engine,
        catalog=catalog,
        events=events,
        snapshots=NoSnapshots(engine=engine, catalog=catalog, clock=clock, events=events, retention_days=0),
        row_access=RowAccessPolicyManager(catalog=catalog, clock=clock),
    )


def _create_database(path: Path) -> None:
    """Create the database file in a format that macros with typed parameters can be kept in.

    Left to itself DuckDB writes its oldest format, which has none.
    """
    if path.exists():
        return
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' (STORAGE_VERSION 'v1.4.0')")


def _settings(data_dir: Path, *, project: str) -> Settings:
    return Settings(
        persistence_mode=PersistenceMode.PERSISTENT,
        data_dir=data_dir,
        default_project_id=project,
        # Tables named by a gs:// address are looked up below this folder.
        gcs_local_root=data_dir / "gcs",
        enable_format_extensions=False,
        metrics_enabled=False,
        log_level=LogLevel.ERROR,
    )
