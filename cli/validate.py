"""`convergence validate`: everything that is wrong in the tenants' files, without Google."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from cli.beyond import HOW_TO_INSTALL, what_this_machine_knows
from cli.installation import Installation
from cli.known_tenants import unknown_tenant
from cli.problem_formats import github_text, json_text, sarif_text
from cli.problem_text import problem_text
from cli.screen import plural
from cli.tenants_file import TenantsFile, open_tenants_file
from shared.adapters.folder_configs import DiskFolder
from shared.config import kinds
from shared.config.kept_documents import KeptDocuments
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.reading import TEMPLATES
from shared.config.tenant_folder import check_tenant
from shared.config.text import Unreadable
from shared.domain.errors import InvalidError, NotFoundError
from shared.domain.ids import is_tenant_id

_FORMATS = {"json": json_text, "github": github_text, "sarif": sarif_text}


@click.command()
@click.argument("tenants", metavar="[TENANT]...", nargs=-1)
@click.option("--write", is_flag=True, help="If all is right, write tenants.json, which Terraform reads.")
@click.option(
    "--check", is_flag=True, help="A tenants.json that is not what the folders say is a problem too."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *_FORMATS)),
    default="text",
    show_default=True,
    help="For people, for programs, for pull requests, or for code scanning.",
)
@click.pass_context
def validate(ctx: click.Context, tenants: tuple[str, ...], *, write: bool, check: bool, form: str) -> None:
    """Check every file of the tenants, of all of them if none is named.

    Needs no Google Cloud. Tells each problem with its code (see `convergence explain`), file, line and column. The exit
    status is 0 if nothing is wrong, warnings or not; 1 if there are errors; 2 if the command itself is wrong.

    \b
    Examples:
      convergence validate
      convergence validate acme_corp_001
      convergence validate --write
      convergence validate --format github
    """
    installation: Installation = ctx.obj
    folder = DiskFolder(installation.configs_dir)
    known = _tenant_folders(folder)
    _require_known(tenants, known, installation, option="--write" if write else "--check" if check else "")
    chosen = tuple(dict.fromkeys(tenants)) or known
    # Hashed before anything is read: an edit in between makes the file stale, and never wrong.
    file, problems = _open_file(installation.configs_dir, known) if write or check else (None, [])
    egress = installation.find_egress()
    beyond = what_this_machine_knows(installation.configs_dir, installation.find_secrets_dir())
    if beyond.analyzer is None:
        click.echo(HOW_TO_INSTALL, err=True)
    check_one = partial(check_tenant, folder, egress=egress, beyond=beyond, kept=KeptDocuments())
    problems += [each for tenant_id in chosen for each in _problems(folder, tenant_id, check_one)]
    if file is not None and not any(problem.is_error for problem in problems):
        problems += _write_or_compare(file, write=write, is_told=form == "text")
    if form == "text":
        _tell(problems, folder, plural(len(chosen), "tenant"))
    else:
        click.echo(_FORMATS[form]([_from_here(each, installation.configs_dir) for each in problems]))
    ctx.exit(1 if any(problem.is_error for problem in problems) else 0)


def _from_here(problem: ConfigProblem, configs_dir: Path) -> ConfigProblem:
    """The problem with its file's path from the working directory: what looks at a repository knows files by that."""
    here, label = Path.cwd(), configs_dir.name or str(configs_dir)
    file = Path(os.path.abspath(configs_dir), problem.file.removeprefix(f"{label}/"))
    is_inside = problem.file.startswith(f"{label}/") and file.is_relative_to(here)
    return replace(problem, file=file.relative_to(here).as_posix()) if is_inside else problem


def _require_known(
    tenants: tuple[str, ...], known: tuple[str, ...], installation: Installation, *, option: str
) -> None:
    if not known:
        raise NotFoundError(
            f"There are no tenants in {installation.configs_dir.resolve()}; CONFIGS_DIR says where"
        )
    if tenants and option:
        raise InvalidError(
            f"tenants.json holds all tenants; leave the names out: convergence validate {option}"
        )
    for tenant_id in tenants:
        if tenant_id not in known:
            raise unknown_tenant(tenant_id, known)


def _tell(problems: list[ConfigProblem], folder: DiskFolder, tenants: str) -> None:
    colour = False if os.environ.get("NO_COLOR") else None
    for problem in problems:
        click.echo(problem_text(problem, read=folder.read), color=colour)
    errors = sum(problem.is_error for problem in problems)
    warnings = f" and {plural(len(problems) - errors, 'warning')}" if errors < len(problems) else ""
    click.echo(f"{plural(errors, 'problem')}{warnings} in {tenants}")


def _open_file(configs_dir: Path, known: tuple[str, ...]) -> tuple[TenantsFile | None, list[ConfigProblem]]:
    try:
        return open_tenants_file(configs_dir, known), []
    except ConfigError as error:
        return None, list(error.problems)


def _write_or_compare(file: TenantsFile, *, write: bool, is_told: bool) -> list[ConfigProblem]:
    """What is wrong about the file, which is nothing once it is written."""
    try:
        text = file.build()
        if not write:
            file.require_fresh(text)
            return []
        file.write(text)
    except ConfigError as error:
        return list(error.problems)
    click.echo(f"Wrote {file.path}; commit it together with the folders", err=not is_told)
    return []


def _tenant_folders(folder: DiskFolder) -> tuple[str, ...]:
    """Every folder that is meant to be a tenant's, also where `tenant.yml` is missing."""
    names = (name for name in folder.names("") if not name.startswith(".") and name != TEMPLATES)
    return tuple(name for name in names if folder.names(name) or _is_lost(folder, name))


def _is_lost(folder: DiskFolder, name: str) -> bool:
    """Whether it is named like a tenant's folder and leads nowhere, or nobody may look into it."""
    found = folder.read(name)
    return is_tenant_id(name) and isinstance(found, Unreadable) and not found.is_folder


def _problems(
    folder: DiskFolder, tenant_id: str, check_one: Callable[[str], list[ConfigProblem]]
) -> list[ConfigProblem]:
    if not is_tenant_id(tenant_id):
        place = f"{folder.label}/{tenant_id}"
        message = "a tenant's folder is named by 3 to 50 letters, digits and underscores, and not 'metadata'"
        return [ConfigProblem(place, 1, 1, "", message, kind=kinds.MISPLACED_FILE)]
    return check_one(tenant_id)
