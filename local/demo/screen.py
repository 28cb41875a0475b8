"""What the demo shows in the terminal."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from google.cloud import bigquery
from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from local.demo.figures import Comparison

_COLOUR_BY_STATUS = {
    "SUCCESS": "green",
    "FAILED": "red",
    "CANCELLED": "yellow",
    "SKIPPED": "yellow",
    "RUNNING": "cyan",
}
_BAR_WIDTH = 44
_LONGEST_VALUE = 58


def heading(console: Console, number: int, text: str) -> None:
    """The title of a part."""
    console.print(f"\n[bold]{number}. {text}[/bold]")


def steps_view(run: dict[str, Any]) -> Group:
    """A run and its steps as they are now."""
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("step", "type", "status", "rows", "ms"):
        table.add_column(name, justify="right" if name in {"rows", "ms"} else "left")
    for step in run["steps"]:
        rows = step["rows_out"] if step["rows_out"] is not None else step["rows_in"]
        table.add_row(
            step["step_id"],
            step["step_type"],
            _coloured(step["status"]),
            _text(rows),
            _text(step["duration_ms"]),
        )
    return Group(Text.assemble("  ", run["pipeline_id"], "  ", _coloured(run["status"])), table)


def rules_view(run: dict[str, Any]) -> Table:
    """What came of every rule."""
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    table.add_column("rule", no_wrap=True)
    for name in ("severity", "outcome", "what was found"):
        table.add_column(name)
    for result in (result for step in run["steps"] for result in step["results"]):
        outcome = Text("holds", style="green") if result["passed"] else Text("broken", style="red")
        table.add_row(result["rule_id"], result["severity"], outcome, result["message"])
    return table


def rows_view(rows: Iterable[bigquery.Row]) -> Table:
    """The first rows of a table."""
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    shown = [dict(row) for row in rows]
    for name, value in (shown[0] if shown else {}).items():
        justify: JustifyMethod = "right" if isinstance(value, Decimal | int) else "left"
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=_LONGEST_VALUE, justify=justify)
    for each in shown:
        table.add_row(*map(_text, each.values()))
    return table


def chart(costs: Iterable[tuple[str, Decimal]]) -> Group:
    """A bar for each cost, the longest for the largest."""
    found = list(costs)
    largest = max((abs(cost) for _, cost in found), default=Decimal(0)) or Decimal(1)
    width = max((len(label) for label, _ in found), default=0)
    return Group(
        *(
            Text.assemble(
                f"  {label:<{width}}  ",
                ("█" * max(1, int(abs(cost) / largest * _BAR_WIDTH)), "cyan" if cost >= 0 else "red"),
                f" {cost:,.2f} USD",
            )
            for label, cost in found
        )
    )


def comparisons_view(comparisons: Iterable[Comparison]) -> Table:
    """Every figure, expected and found."""
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("figure", "expected", "found", ""):
        table.add_column(name, justify="right" if name in {"expected", "found"} else "left")
    for each in comparisons:
        mark = Text("✓", style="green") if each.agrees else Text("✗ differs", style="red")
        table.add_row(each.what, each.expected, each.found, mark)
    return table


def _coloured(status: str) -> Text:
    return Text(status, style=_COLOUR_BY_STATUS.get(status, ""))


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
