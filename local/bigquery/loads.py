"""Carrying out a load job: files into a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from local.bigquery.buckets import Buckets
from local.bigquery.catalog import Table
from local.bigquery.csv_rows import CsvRows
from local.bigquery.database import Database
from local.bigquery.destination import (
    Destination,
    clear_for_writing,
    parse_destination,
    require_matching,
    require_table,
)
from local.bigquery.detection import detect_fields
from local.bigquery.doubts import Doubts
from local.bigquery.job import Job, Outcome
from local.bigquery.json_lines import JsonLines
from local.bigquery.parquet_files import load_parquet
from local.bigquery.problem import ApiError
from local.bigquery.session import Session
from local.bigquery.source_files import (
    SourceFile,
    found_files,
    require_packed_alike,
    source_format,
    unpacked,
)
from local.bigquery.text_loads import TextLoad
from local.bigquery.threads import BYTES_OF_A_THREAD
from local.bigquery.translate.limits import refused

_HEEDED = frozenset(
    (
        *("destinationTable", "createDisposition", "writeDisposition", "schema", "schemaUpdateOptions"),
        *("timePartitioning", "rangePartitioning", "clustering", "sourceUris", "sourceFormat", "autodetect"),
        *(
            "encoding",
            "fieldDelimiter",
            "quote",
            "nullMarker",
            "nullMarkers",
            "skipLeadingRows",
            "maxBadRecords",
        ),
        *("allowJaggedRows", "allowQuotedNewlines", "ignoreUnknownValues"),
        # How BigQuery keeps the table, and what it is called there.
        *("destinationEncryptionConfiguration", "destinationTableProperties"),
    )
)
# What is done here whether it is said or not.
_IMPLIED: dict[str, tuple[Any, ...]] = {
    "parquetOptions": ({"enableListInference": True}, {"enumAsString": True}),
    "fileSetSpecType": ("FILE_SET_SPEC_TYPE_FILE_SYSTEM_MATCH",),
    "timeZone": ("UTC",),
    "sourceColumnMatch": ("SOURCE_COLUMN_MATCH_UNSPECIFIED",),
    "columnNameCharacterMap": ("COLUMN_NAME_CHARACTER_MAP_UNSPECIFIED",),
    "preserveAsciiControlCharacters": (True,),
}
_UPLOADED = "the uploaded file"


class Loads:
    """Runs load jobs. `folder` holds what is only needed for the time of one; it is empty when the process begins."""

    def __init__(self, database: Database, buckets: Buckets) -> None:
        self.folder = database.data_dir / "uploads"
        self.folder.mkdir(exist_ok=True)
        # Uploads that a killed process left unfinished; their jobs were never accepted.
        for path in self.folder.iterdir():
            path.unlink()
        self._buckets = buckets
        self._doubts = Doubts(database.connection, folder=self.folder)

    def run(self, session: Session, job: Job, *, files: list[Path] | None = None) -> Outcome:
        """Load `files`, or else what `sourceUris` names, into the destination."""
        load = job.configuration["load"]
        _require_known(load)
        destination = parse_destination(load, project=job.key.project, default_write="WRITE_APPEND")
        if files is not None:
            sources = [SourceFile(path, _UPLOADED) for path in files]
            return self._load(session, destination, load=load, sources=sources)
        uris = load.get("sourceUris") or []
        self._require_near(session, destination, uris=uris, email=job.user_email)
        with found_files(uris, buckets=self._buckets, email=job.user_email, folder=self.folder) as sources:
            if source_format(load) != "PARQUET":
                require_packed_alike(sources)
            return self._load(session, destination, load=load, sources=sources)

    def _require_near(
        self, session: Session, destination: Destination, *, uris: list[str], email: str
    ) -> None:
        """Raises ApiError where a bucket is not where the dataset is."""
        dataset = session.catalog.dataset(destination.id.project, destination.id.dataset)
        if dataset is None:
            return
        wanted = dataset.location.upper()
        for bucket in sorted({uri.split("/")[2] for uri in uris if uri.startswith("gs://")}):
            found = self._buckets.location(bucket, email=email)
            if found != wanted:
                message = (
                    f"Cannot read and write in different locations: source: {found}, destination: {wanted}"
                )
                raise ApiError("invalid", message, location=f"gs://{bucket}")

    def _load(
        self,
        session: Session,
        destination: Destination,
        *,
        load: dict[str, Any],
        sources: list[SourceFile],
    ) -> Outcome:
        kind = source_format(load)
        size = sum(source.size for source in sources)
        if size > BYTES_OF_A_THREAD:
            session.take_all_threads()
        table = self._require_destination(session, destination, load=load, kind=kind, sources=sources)
        clear_for_writing(session, destination, table)
        written, bad_rows = self._load_files(
            session, destination, table, load=load, kind=kind, sources=sources
        )
        figures = {
            "inputFiles": str(len(sources)),
            "inputFileBytes": str(size),
            "outputRows": str(written),
            "outputBytes": str(size),
            "badRecords": str(bad_rows),
        }
        return Outcome(statistics={"load": figures})

    def _require_destination(
        self,
        session: Session,
        destination: Destination,
        *,
        load: dict[str, Any],
        kind: str,
        sources: list[SourceFile],
    ) -> Table:
        fields = (load.get("schema") or {}).get("fields") or []
        exists = session.catalog.table(destination.id) is not None
        describes = bool(load.get("autodetect")) or kind == "PARQUET"
        if not fields and (not exists or destination.replaces_table) and describes:
            fields = detect_fields(sources[0], kind=kind, load=load, folder=self.folder)
        if not exists and not fields:
            raise ApiError("invalid", "No schema specified on job or table.")
        table = require_table(session, destination, fields=fields, layout=load)
        require_matching(table, fields)
        return _with_given(table, fields) if fields and kind != "PARQUET" else table

    def _load_files(
        self,
        session: Session,
        destination: Destination,
        table: Table,
        *,
        load: dict[str, Any],
        kind: str,
        sources: list[SourceFile],
    ) -> tuple[int, int]:
        if kind == "PARQUET":
            written = sum(
                load_parquet(session, destination, table, source=source, load=load) for source in sources
            )
            return written, 0
        most_bad = int(load.get("maxBadRecords") or 0)
        carrier = TextLoad(session, destination, table, doubts=self._doubts, most_bad=most_bad)
        written = 0
        # A transaction has to have begun: its catalog is that of this moment, however long reading takes.
        _ = session.connection
        for source in sources:
            with unpacked(source, folder=self.folder) as file:
                rows = CsvRows(table, file, load) if kind == "CSV" else JsonLines(table, file, load)
                written += carrier.load(rows)
        return written, carrier.bad_rows


def _require_known(load: dict[str, Any]) -> None:
    """Raises ApiError for what the job says of its files and is not heeded here."""
    for name, value in load.items():
        if (
            name not in _HEEDED
            and value not in _IMPLIED.get(name, ())
            and value not in (None, "", [], {}, False)
        ):
            raise refused(f"load jobs with {name}")


def _with_given(table: Table, fields: list[dict[str, Any]]) -> Table:
    """The table with the columns that the job's schema has, in its order; the others get their default values."""
    known = {field["name"].lower(): field for field in table.fields}
    given = [known.pop(str(field["name"]).lower()) for field in fields]
    for field in known.values():
        if field.get("mode") == "REQUIRED" and not field.get("defaultValueExpression"):
            message = (
                f"Provided Schema does not match Table {table.id}. Missing required field {field['name']}"
            )
            raise ApiError("invalid", message)
    return replace(table, resource={**table.resource, "schema": {"fields": given}})
