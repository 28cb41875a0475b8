"""`convergence quarantine`: the rows that were set aside."""

import json
import re

import click

from cli.installation import Installation
from cli.known_tenants import require_onboarded
from cli.screen import build_table, open_console
from shared.usecases.read_quarantine import read_quarantine

_MOST_ROWS = 1_000
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@click.group()
def quarantine() -> None:
    """Look at the rows that didn't fit a table and were set aside."""


def parse_table(text: str) -> tuple[str, str]:
    """`acme_corp_001/raw_data`. Raises BadParameter."""
    tenant_id, slash, table = text.partition("/")
    if not slash or not tenant_id or _TABLE.fullmatch(table) is None:
        raise click.BadParameter(f"'{text}' is not TENANT/TABLE, e.g. acme_corp_001/raw_data")
    return tenant_id, table


@quarantine.command("show")
@click.argument("place", metavar="TENANT/TABLE", type=parse_table)
@click.option(
    "--rows", type=click.IntRange(1, _MOST_ROWS), help="Show so many rows themselves, as they were read."
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def show(installation: Installation, *, place: tuple[str, str], rows: int | None, as_json: bool) -> None:
    """How many rows were set aside of a table, by run and reason, or the rows themselves.

    \b
    Examples:
      convergence quarantine show acme_corp_001/raw_data
      convergence quarantine show acme_corp_001/raw_data --rows 20
    """
    world = installation.world
    tenant_id, table = place
    require_onboarded(tenant_id, tables=world.tables, configs=world.configs)
    found = read_quarantine(
        tenant_id,
        table,
        row_count=rows,
        configs=world.configs,
        warehouse=world.warehouse,
        clock=world.clock,
    )
    if as_json:
        click.echo(json.dumps([dict(each) for each in found], indent=2, ensure_ascii=False))
        return
    columns = (
        {"run": "run_id", "step": "step_id", "rows": "row_count", "reason": "reason", "first": "first_place"}
        if rows is None
        else {"run": "run_id", "place": "place", "reason": "reason", "row": "data"}
    )
    cells = [tuple(_words(each.get(name)) for name in columns.values()) for each in found]
    open_console().print(build_table(tuple(columns), cells))


def _words(value: str | int | bool | None) -> str:
    return f"{value:,}" if isinstance(value, int) else value or ""
