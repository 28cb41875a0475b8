"""Rows of every place up to the bytes of an upload, beside what dlt makes of the same."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from benchmarks import place_servers, rows
from benchmarks.figure import Aim, Figure, MeasureError
from benchmarks.peers.environments import python_of
from benchmarks.report import number
from benchmarks.sizes import Sizes
from benchmarks.stage import ROOT
from tests.contract.sources.databases.postgresql_server import (
    ADMIN,
    DATABASE,
    PASSWORD,
    PostgresqlServer,
    postgresql_server,
)

GROUP = "Rows of every place up to the bytes of an upload"
_FLAT = Aim(300)
_MOST_SECONDS = 120
"""Of one reading, ours or theirs."""
_SECRETS = {"key_id": "bench", "key": "bench-key", "password": PASSWORD}


@dataclass(frozen=True)
class Place:
    """A source of rows, what reading it needs besides, and what dlt is told of the same, where it can read it."""

    name: str
    source: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    certificate: Path | None = None
    dlt: dict[str, Any] | None = None


def places(*, folder: Path, files: Path, sizes: Sizes) -> Iterator[Figure]:
    """Rows by the clock's seconds, and the most memory of the process; dlt's stand beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    secrets = folder / "bench" / "secrets"
    secrets.mkdir(parents=True)
    for name, value in _SECRETS.items():
        (secrets / f"{name}.txt").write_text(value)
    count = sizes.place_rows
    paths = {each: rows.charges(files, count, written_as=each) for each in rows.FORMATS}
    workbook = _workbook(files, paths["parquet"])
    with ExitStack() as opened:
        for place in _opened(opened, folder, paths, workbook=workbook):
            ours = _told([sys.executable, "-m", "benchmarks.read_place", *_arguments(folder, place)], place)
            if ours["rows"] != count:
                raise MeasureError(f"{ours['rows']} rows of {place.name}")
            note = _beside(place, folder)
            yield Figure(GROUP, place.name, count / ours["seconds"], "rows/s", note=note)
            yield Figure(GROUP, "– its memory", ours["peak_mb"], "MB", _FLAT)


def _opened(opened: ExitStack, folder: Path, paths: dict[str, Path], *, workbook: Path) -> Iterator[Place]:
    for written_as, path in {**paths, "xlsx": workbook}.items():
        own = folder / "bench" / path.name
        own.hardlink_to(path)
        readable = {"url": str(path.parent), "glob": path.name, "format": written_as}
        yield Place(
            f"local, {written_as}",
            _files(path.name, written_as),
            dlt=readable if written_as != "xlsx" else None,
        )
    s3 = opened.enter_context(place_servers.s3_server(list(paths.values())))
    gs = opened.enter_context(place_servers.cloud_storage(list(paths.values()), folder=folder / "objects"))
    credentials = {"access_key_id": {"secret": "key_id"}, "secret_access_key": {"secret": "key"}}
    for written_as, path in paths.items():
        at = {"glob": path.name, "format": written_as}
        yield Place(
            f"`s3://`, {written_as}",
            _files(
                f"s3://{place_servers.BUCKET}/{path.name}", written_as, endpoint=s3, credentials=credentials
            ),
            dlt={"url": f"s3://{place_servers.BUCKET}", "s3": s3, **at},
        )
        yield Place(
            f"`gs://`, {written_as}",
            _files(f"gs://{place_servers.BUCKET}/{path.name}", written_as),
            environment={"STORAGE_EMULATOR_HOST": gs},
            dlt={"url": f"gs://{place_servers.BUCKET}", "gs": gs, **at},
        )
    yield from _of_the_web(opened, folder, paths["csv"])
    yield _of_database(opened.enter_context(postgresql_server()), paths["csv"])


def _of_the_web(opened: ExitStack, folder: Path, path: Path) -> Iterator[Place]:
    container = folder / "web"
    (container / place_servers.BUCKET).mkdir(parents=True)
    (container / place_servers.BUCKET / path.name).hardlink_to(path)
    blobs = opened.enter_context(place_servers.web_server(container))
    yield Place(
        "`az://`, csv",
        _files(
            f"az://{place_servers.BUCKET}/{path.name}",
            "csv",
            account=place_servers.ACCOUNT,
            endpoint=blobs,
        ),
    )
    certificate = folder / "certificate.pem"
    web = opened.enter_context(place_servers.web_server(container, certificate=certificate))
    yield Place(
        "`https://`, csv",
        _files(f"{web}/{place_servers.BUCKET}/{path.name}", "csv"),
        certificate=certificate,
    )


def _of_database(server: PostgresqlServer, path: Path) -> Place:
    server.execute(
        "CREATE TABLE charges (charge_id BIGINT, usage_date DATE, service TEXT, project TEXT, cost NUMERIC(18, 6), "
        "currency TEXT, resource TEXT, started_at TIMESTAMPTZ)"
    )
    server.fill("charges", path)
    said = {
        "type": "sql_database",
        "dialect": "postgresql",
        "host": "127.0.0.1",
        "port": server.port,
        "database": DATABASE,
        "user": ADMIN,
        "password": {"secret": "password"},
        "sslmode": "disable",
        "table": "charges",
    }
    url = f"postgresql+psycopg2://{ADMIN}:{PASSWORD}@127.0.0.1:{server.port}/{DATABASE}"
    return Place("PostgreSQL, eight columns", said, dlt={"database": url})


def _files(path: str, written_as: str, **more: Any) -> dict[str, Any]:
    return {"type": "files", "path": path, "format": written_as, **more}


def _workbook(files: Path, parquet: Path) -> Path:
    path = parquet.with_suffix(".xlsx")
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * REPLACE (cost::DOUBLE AS cost) FROM '{parquet}'")  # noqa: S608
        header = tuple(column[0] for column in found.description or ())
        lines = [header, *found.fetchall()]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(files)}) as book:
        sheet = book.add_worksheet()
        for number_of_line, line in enumerate(lines):
            sheet.write_row(number_of_line, 0, line)
    return path


def _arguments(folder: Path, place: Place) -> list[str]:
    trusted = ["--certificate", str(place.certificate)] if place.certificate else []
    return [str(folder), json.dumps(place.source), *trusted]


def _beside(place: Place, folder: Path) -> str:
    """What dlt makes of it: extracted and normalised, which is as far as we go."""
    if place.dlt is None:
        return "dlt has no reader for it, or no server here"
    try:
        command = [
            str(python_of("dlt_place")),
            "-m",
            "benchmarks.peers.dlt_place_peer",
            str(folder),
            json.dumps(place.dlt),
        ]
        told = _told(command, place)
    except MeasureError as error:
        return f"dlt: {error}"
    return f"dlt: {number(told['rows'] / told['seconds'])} rows/s, {number(told['peak_mb'])} MB"


def _told(command: list[str], place: Place) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **place.environment}
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_MOST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise MeasureError(f"not done after {_MOST_SECONDS} s") from error
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise MeasureError(
            f"{place.name}: {(done.stderr.strip().splitlines() or ['nothing was told'])[-1][:300]}"
        )
    told: dict[str, float] = json.loads(lines[-1])
    return told
