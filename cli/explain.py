"""`convergence explain`: what a problem's code means."""

import click

from shared.config.kinds import KINDS
from shared.domain.errors import NotFoundError
from shared.domain.message import did_you_mean, nearest


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a code that `convergence validate` tells means, and what helps; without one, list them.

    \b
    Examples:
      convergence explain CV0303
      convergence explain
    """
    if code is None:
        for kind in KINDS.values():
            click.echo(f"{kind.code}  {kind.title}")
        return
    found = KINDS.get(code.upper())
    if found is None:
        meant = did_you_mean(nearest(code, KINDS))
        raise NotFoundError(f"There is no code '{code}'; without one, convergence explain lists them{meant}")
    is_warning = " (a warning: it refuses nothing)" if found.severity == "warning" else ""
    click.echo(f"{found.code}: {found.title}{is_warning}\n\n{found.explanation}\n\n{found.link}")
