"""`convergence diff`: which pipelines would do something else, before a template or SQL is changed for good."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.diff_view import as_json, print_differences
from cli.errors import told_plainly
from cli.git_folder import read_git_folder
from cli.installation import Installation
from cli.known_tenants import unknown_tenant
from cli.plan_sides import Difference, Side, differences
from shared.adapters.folder_configs import DiskFolder
from shared.config.folder import Folder
from shared.config.tenant_folder import tenant_ids
from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.storage_uri import SCHEME, parse_storage_uri

_SAME, _DIFFERENT, _FAILED = 0, 1, 2
"""As diff(1)."""


class _FailedError(click.ClickException):
    exit_code = _FAILED


@click.command()
@click.argument("tenants", metavar="[TENANT]...", nargs=-1)
@click.option(
    "--against",
    required=True,
    metavar="REV|gs://BUCKET/...|FOLDER",
    help="What the files are compared with: a revision of git, a bucket, or a folder.",
)
@click.option("--json", "in_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def diff(ctx: click.Context, tenants: tuple[str, ...], *, against: str, in_json: bool) -> None:
    """Show which pipelines would do something else by the files as they are now, of all tenants if none is named.

    Compares what runs would do, with parameters at their defaults: templates, sources, rules, tables and SQL put
    together. Comments, order of keys, descriptions and files that nothing names make no difference. Needs no Google
    Cloud, except for a bucket. The exit status is 0 if nothing differs, 1 if something does, 2 if that can't be told.

    \b
    Examples:
      convergence diff --against HEAD
      convergence diff --against origin/main --json
      convergence diff acme_corp_001 --against gs://my-project-configuration/configs
    """
    installation: Installation = ctx.obj
    with _failing_as_diff_does():
        today = datetime.now(UTC).date()
        egress = installation.find_egress()
        now = Side(DiskFolder(installation.configs_dir), egress, today)
        before = Side(_other_folder(against, installation.configs_dir), egress, today)
        found = list(differences(before, now, _chosen(tenants, before, now)))
    different = [each for each in found if isinstance(each, Difference)]
    if in_json:
        click.echo(
            json.dumps(
                as_json(different, against, unchanged=len(found) - len(different)),
                indent=2,
                ensure_ascii=False,
            )
        )
    else:
        print_differences(different, against, unchanged=len(found) - len(different))
    ctx.exit(_DIFFERENT if different else _SAME)


@contextmanager
def _failing_as_diff_does() -> Iterator[None]:
    """1 means that there are differences, so that errors need a status of their own."""
    try:
        with told_plainly():
            yield
    except click.ClickException as error:
        raise _FailedError(error.message) from error


def _other_folder(against: str, configs_dir: Path) -> Folder:
    if not against.startswith(SCHEME):
        is_folder = Path(against).is_dir()
        return DiskFolder(Path(against)) if is_folder else read_git_folder(configs_dir, against)
    # Slow to import, and only a bucket needs it.
    from shared.settings import read_settings
    from shared.storage import open_bucket_folder

    try:
        uri = parse_storage_uri(against)
    except ValueError as error:
        raise InvalidError(f"'{against}' {error}") from error
    return open_bucket_folder(read_settings(), uri)


def _chosen(tenants: tuple[str, ...], before: Side, now: Side) -> tuple[str, ...]:
    """Those that are named, or all that are on either side. Raises NotFoundError for one that is on neither."""
    sides = tenant_ids(before.folder), tenant_ids(now.folder)
    for side, known in zip((before, now), sides, strict=True):
        if not known:
            raise NotFoundError(f"There are no tenants in {side.folder.label}")
    every = sorted({*sides[0], *sides[1]})
    for tenant_id in tenants:
        if tenant_id not in every:
            raise unknown_tenant(tenant_id, every)
    return tuple(dict.fromkeys(tenants)) or tuple(every)
