"""What differs, for people and for programs."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import get_args

import click

from cli.plan_sides import Difference, Outcome
from cli.screen import plural
from shared.domain.plan_difference import change_lines

_MOST_SHOWN = 10
_COLOUR_BY_SIGN = {"@": "cyan", "-": "red", "+": "green"}
_HEADINGS: dict[Outcome, str] = {
    "changed": "changed",
    "added": "added",
    "removed": "removed",
    "broken": "broken: no run is accepted any more",
    "mended": "mended: no run was accepted before",
}


def as_json(found: Sequence[Difference], against: str, *, unchanged: int) -> dict[str, object]:
    """Everything: each pipeline by itself, each change with both values."""
    pipelines = [
        {
            "pipeline": each.address.text,
            "outcome": each.outcome,
            "changes": [asdict(change) for change in each.changes],
            "problems": list(each.wrong),
            "steps": list(each.steps),
        }
        for each in found
    ]
    return {"against": against, "unchanged": unchanged, "pipelines": pipelines}


def print_differences(found: Sequence[Difference], against: str, *, unchanged: int) -> None:
    """What is the same for several pipelines is told once, with their names."""
    alike: dict[tuple[Outcome, tuple[str, ...]], list[Difference]] = defaultdict(list)
    for each in found:
        alike[each.outcome, tuple(_lines(each))].append(each)
    colour = False if os.environ.get("NO_COLOR") else None
    for (outcome, lines), differences in alike.items():
        _print_group(outcome, lines, [each.address.text for each in differences], colour=colour)
    tenants = {each.address.tenant_id for each in found}
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in _counts(found).items() if count)
    if found:
        verb = "differs" if len(found) == 1 else "differ"
        told = f"{plural(len(found), 'pipeline')} of {plural(len(tenants), 'tenant')} {verb} from {against}: {counts}"
        click.echo(f"{told}; {unchanged:,} unchanged")
    else:
        click.echo(f"No pipeline differs from {against}; {unchanged:,} unchanged")


def _print_group(
    outcome: Outcome, lines: Sequence[str], pipelines: Sequence[str], *, colour: bool | None
) -> None:
    click.echo(click.style(_HEADINGS[outcome], bold=True), color=colour)
    for pipeline in pipelines[:_MOST_SHOWN]:
        click.echo(f"  {pipeline}")
    if len(pipelines) > _MOST_SHOWN:
        click.echo(f"  and {len(pipelines) - _MOST_SHOWN:,} more, which --json names")
    for line in lines:
        click.echo(click.style(line, fg=_COLOUR_BY_SIGN.get(line[:1])), color=colour)
    click.echo()


def _lines(difference: Difference) -> Iterator[str]:
    for change in difference.changes:
        yield from change_lines(change)
    own = f"{difference.address.tenant_id}/"
    yield from (f"    {step}" for step in difference.steps)
    yield from (f"    {problem.removeprefix(own)}" for problem in difference.wrong)


def _counts(found: Sequence[Difference]) -> dict[Outcome, int]:
    outcomes = [each.outcome for each in found]
    every: tuple[Outcome, ...] = get_args(Outcome)
    return {outcome: outcomes.count(outcome) for outcome in every}
