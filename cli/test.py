"""`convergence test`: the tests of the tenants' pipelines, on the BigQuery stand-in within this process."""

import json
import os
import time
from collections.abc import Iterable
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

import click

from cli.installation import Installation
from cli.known_tenants import unknown_tenant
from cli.problem_formats import json_text
from cli.problem_text import problem_text
from cli.screen import plural
from shared.adapters.folder_configs import DiskFolder
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.tenant_folder import load_pipeline_tests, tenant_ids
from shared.domain.planned_test import PlannedTest
from shared.log import set_level

if TYPE_CHECKING:  # slow to import, and wrong tests are told without it
    from local.pipeline_tests.carry_out import Outcome

_HOW_TO_INSTALL = (
    "The BigQuery stand-in is not installed; pip install 'convergence-data-pipeline[local]' brings it"
)
_FAILED, _INVALID = 1, 2


@click.command()
@click.argument("where", metavar="[TENANT[/PROVIDER[/DOMAIN[/PIPELINE]]]]...", nargs=-1)
@click.option(
    "--filter", "-k", "part", metavar="TEXT", default="", help="Only tests whose name has this in it."
)
@click.option("--verbose", "-v", is_flag=True, help="Name the tests that pass, too.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of each test as JSON.")
@click.option(
    "--junit",
    metavar="FILE",
    type=click.File("w", encoding="utf-8", lazy=True),
    help="Write what came of each test as JUnit's XML, which CI services read.",
)
@click.pass_context
def test(
    ctx: click.Context,
    where: tuple[str, ...],
    *,
    part: str,
    verbose: bool,
    as_json: bool,
    junit: IO[str] | None,
) -> None:
    """Carry out the tests in tests/ of the tenants' folders, of all of them if none is named.

    Needs no Google Cloud and no `make run`. The exit status is 0 if all pass, 1 if one fails, 2 if files are wrong.

    \b
    Examples:
      convergence test
      convergence test acme_corp_001
      convergence test acme_corp_001/gcp/cost/export -k replaced
      convergence test --junit tests.xml
    """
    began = time.perf_counter()
    folder = DiskFolder(ctx.obj.configs_dir)
    tests, problems = _read_tests(ctx.obj, folder, where)
    if problems:
        texts = (problem_text(each, read=folder.read) for each in problems)
        colour = False if os.environ.get("NO_COLOR") else None
        click.echo(json_text(problems) if as_json else "\n".join(texts), color=colour)
        ctx.exit(_INVALID)
    chosen = [each for each in tests if _is_in(each, where) and part in each.name]
    if (where or part) and not chosen:
        raise click.UsageError(
            f"None of {plural(len(tests), 'test')} is meant by that; 'convergence test -v' names them"
        )
    if find_spec("duckdb") is None or find_spec("zetasql") is None:
        raise click.ClickException(_HOW_TO_INSTALL)
    outcomes = list(_carried_out(chosen, verbose=verbose and not as_json, is_quiet=as_json))
    seconds = time.perf_counter() - began
    _tell(outcomes, seconds, as_json=as_json, junit=junit)
    ctx.exit(_FAILED if any(each.failure is not None for each in outcomes) else 0)


def _read_tests(
    installation: Installation, folder: DiskFolder, where: tuple[str, ...]
) -> tuple[list[PlannedTest], list[ConfigProblem]]:
    known = tenant_ids(folder)
    named = tuple(dict.fromkeys(each.partition("/")[0] for each in where))
    for tenant_id in named:
        if tenant_id not in known:
            raise unknown_tenant(tenant_id, known)
    tests: list[PlannedTest] = []
    problems: list[ConfigProblem] = []
    for tenant_id in named or known:
        try:
            tests += load_pipeline_tests(folder, tenant_id, egress=installation.find_egress())
        except ConfigError as error:
            problems += error.problems
    return tests, problems


def _is_in(test: PlannedTest, where: tuple[str, ...]) -> bool:
    return not where or any(f"{test.address.text}/".startswith(f"{each.rstrip('/')}/") for each in where)


def _carried_out(tests: list[PlannedTest], *, verbose: bool, is_quiet: bool) -> "Iterable[Outcome]":
    from cli.outcome_text import outcome_text
    from local.pipeline_tests.carry_out import carry_out_tests
    from local.pipeline_tests.stand_in import stand_in

    # What a function tells its operators by log lines is no part of a command's output.
    set_level("ERROR")
    with stand_in() as client_of:
        for outcome in carry_out_tests(tests, client_of):
            if not is_quiet and (verbose or outcome.failure is not None):
                click.echo(outcome_text(outcome))
            yield outcome


def _tell(outcomes: "list[Outcome]", seconds: float, *, as_json: bool, junit: IO[str] | None) -> None:
    from cli.outcome_formats import junit_xml, outcomes_json

    if junit is not None:
        junit.write(junit_xml(outcomes, seconds=seconds))
    if as_json:
        click.echo(json.dumps(outcomes_json(outcomes, seconds=seconds), indent=2, ensure_ascii=False))
        return
    failed = sum(each.failure is not None for each in outcomes)
    click.echo(f"{len(outcomes) - failed:,} passed, {failed:,} failed in {seconds:.1f} s")
