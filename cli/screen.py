"""Tables and colours in the terminal; plain text, never cut short, everywhere else."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

Cell = str | Text

_WIDTH_OF_NO_TERMINAL = 400
_STYLE_BY_STATUS = {
    "SUCCESS": "green",
    "FAILED": "bold red",
    "RUNNING": "cyan",
    "RETRYING": "yellow",
    "CANCELLED": "yellow",
    "PENDING": "dim",
    "QUEUED": "dim",
    "SKIPPED": "dim",
}
_SECOND_MS, _MINUTE_MS, _HOUR_MS = 1_000, 60_000, 3_600_000


def open_console() -> Console:
    """Standard output. Where it is no terminal, lines are as long as they are."""
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_OF_NO_TERMINAL
    return console


def build_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str | None = None) -> Table:
    """A table whose cells are folded where the terminal is narrow, but for the first: it names the row."""
    table = Table(box=SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def status_cell(status: str) -> Text:
    """A status in its colour."""
    return Text(status, style=_STYLE_BY_STATUS.get(status, ""))


def time_words(moment: datetime | None) -> str:
    """`2025-11-15 10:30:45Z`; empty for none."""
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment else ""


def duration_words(milliseconds: int | None) -> str:
    """`850 ms`, `12.3 s`, `2m 05s`, `1h 02m`; empty for none."""
    if milliseconds is None:
        return ""
    if milliseconds < _SECOND_MS:
        return f"{milliseconds} ms"
    if milliseconds < _MINUTE_MS:
        return f"{milliseconds / _SECOND_MS:.1f} s"
    if milliseconds < _HOUR_MS:
        minutes, rest = divmod(milliseconds, _MINUTE_MS)
        return f"{minutes}m {rest // _SECOND_MS:02d}s"
    hours, rest = divmod(milliseconds, _HOUR_MS)
    return f"{hours}h {rest // _MINUTE_MS:02d}m"


def count_words(count: int | None) -> str:
    """`1,234`; empty for none."""
    return "" if count is None else f"{count:,}"


def plural(count: int, noun: str) -> str:
    """`1 key`, `2 keys`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
