"""A backfill as it is shown in the terminal, once or until it has ended."""

from collections.abc import Iterator, Sequence

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cli.installation import Installation
from cli.run import INTERRUPTED
from cli.screen import build_table, count_words, duration_words, plural, status_cell, time_words
from shared.domain.backfill import Backfill, Chunk, ChunkRecord
from shared.domain.errors import NotFoundError, TransientError
from shared.domain.message import listed
from shared.domain.run import RUN_STATUSES
from shared.usecases.read_backfill import read_backfill

_CHUNK_COLUMNS = ("DAYS", "STATUS", "RUN", "ERROR", "WARNINGS")
_PREVIEW_COLUMNS = ("DAYS", "ACTION", "REASON")
_ENDED = ("SUCCESS", "FAILED", "CANCELLED")
_PATIENCE = 10
"""How many looks in a row may find BigQuery unavailable before following ends."""


def build_preview(chunks: Sequence[Chunk]) -> Table:
    """What would be done about each chunk, and why."""
    return build_table(
        _PREVIEW_COLUMNS, [(chunk.date_range.text, chunk.action, chunk.reason) for chunk in chunks]
    )


def build_backfill_view(found: Backfill) -> Iterator[RenderableType]:
    """Everything about a backfill: what it is, its sums, its chunks."""
    yield Text.assemble("Backfill ", (found.backfill_id, "bold"), "  ", status_cell(found.status))
    facts = {
        "pipeline": found.pipeline_id,
        "queued": time_words(found.created_at),
        "completed": time_words(found.completed_at),
        "chunks": count_by_status(found),
        "at once": str(found.concurrent_runs),
        "rows ingested": count_words(found.totals.rows_ingested),
        "rows transformed": count_words(found.totals.rows_transformed),
        "bytes billed": count_words(found.totals.bytes_billed),
        "slot time": duration_words(found.totals.slot_ms),
    }
    grid = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value:
            grid.add_row(Text(f"  {name}", "dim"), Text(value))
    yield grid
    yield build_table(
        _CHUNK_COLUMNS,
        [
            (
                chunk.date_range,
                status_cell(chunk.status),
                chunk.run_id,
                chunk.error_message or "",
                listed(chunk.warnings),
            )
            for chunk in found.chunks
        ],
    )


def _told(chunk: ChunkRecord) -> str:
    error = f": {chunk.error_message}" if chunk.error_message else ""
    return f"{error}; warnings: {listed(chunk.warnings)}" if chunk.warnings else error


def count_by_status(found: Backfill) -> str:
    """`2 SUCCESS, 1 FAILED`."""
    statuses = [chunk.status for chunk in found.chunks]
    return ", ".join(f"{statuses.count(each)} {each}" for each in RUN_STATUSES if each in statuses)


def follow_backfill(
    started: Backfill, *, tenant_id: str, console: Console, installation: Installation
) -> int:
    """Show a line for each chunk that changes until all have ended; the exit status."""
    names = f"{tenant_id} {started.backfill_id}"
    try:
        ended = _show_changes(started, tenant_id=tenant_id, console=console, installation=installation)
    except TransientError as error:
        look = f"convergence backfills show {names}"
        raise TransientError(
            f"{error}. No longer following; the backfill goes on. Look at it: {look}"
        ) from error
    except KeyboardInterrupt:
        click.echo(
            f"\nNo longer following; the backfill goes on.\n"
            f"  Look at it:  convergence backfills show {names}\n"
            f"  Cancel it:   convergence backfills cancel {names}",
            err=True,
        )
        return INTERRUPTED
    click.echo(f"{ended.status}: {plural(len(ended.chunks), 'chunk')}, {count_by_status(ended)}")
    return 0 if ended.status == "SUCCESS" else 1


def _show_changes(
    seen: Backfill, *, tenant_id: str, console: Console, installation: Installation
) -> Backfill:
    shown: dict[str, str] = {}
    failures = 0
    while True:
        for chunk in seen.chunks:
            line = f"{chunk.date_range} {chunk.status}"
            if chunk.status != "QUEUED" and shown.get(chunk.date_range) != line:
                shown[chunk.date_range] = line
                console.print(f"{line}{_told(chunk)}", soft_wrap=True)
        if seen.status in _ENDED:
            return seen
        installation.wait()
        try:
            seen = read_backfill(seen.backfill_id, tenant_id=tenant_id, log=installation.world.log)
            failures = 0
        except NotFoundError:
            pass  # the log may lag behind the one who wrote to it
        except TransientError:
            failures += 1
            if failures > _PATIENCE:
                raise
