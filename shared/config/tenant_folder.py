"""A tenant's folder as a whole: who it is, its tables, and everything that is wrong in it."""

from collections.abc import Iterator

from shared.config import kinds
from shared.config.added_columns import read_added_columns
from shared.config.beyond import NOTHING_BEYOND, Beyond
from shared.config.folder import Folder
from shared.config.kept_documents import KeptDocuments
from shared.config.pipeline_tests import read_pipeline_tests
from shared.config.place import Place
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.reading import TEMPLATES, Reading
from shared.config.recipe import pipeline_path, read_recipe
from shared.config.rows_of_tests import FOLDER, ROWS_FILES
from shared.config.rule_checks import check_patterns
from shared.config.source_checks import check_source
from shared.config.source_file import SourceFile
from shared.config.tenant_sql import sql_scope, transform_problems
from shared.config.tenant_tables import read_tables
from shared.config.text import Unreadable
from shared.domain.egress import GLOBAL_ONLY, Egress
from shared.domain.errors import NotFoundError
from shared.domain.ids import is_tenant_id
from shared.domain.pipeline import Address, Recipe, is_segment
from shared.domain.planned_test import PlannedTest
from shared.domain.rule import RuleSet
from shared.domain.table import Table
from shared.domain.tenant import Tenant


def tenant_ids(folder: Folder) -> list[str]:
    """The tenants that have a `tenant.yml`."""
    return [name for name in folder.names("") if is_tenant_id(name) and _is_tenant(folder, name)]


def load_tenant(folder: Folder, tenant_id: str) -> Tenant:
    """`tenant.yml`. Raises NotFoundError where there is none, ConfigError with every problem."""
    if not is_tenant_id(tenant_id) or not _is_tenant(folder, tenant_id):
        raise NotFoundError("Tenant not found")
    reading = Reading(folder, tenant_id)
    found = reading.file(f"{tenant_id}/tenant.yml", Tenant)
    reading.finish()
    if found is None:
        raise NotFoundError("Tenant not found")
    return found[0]


def load_tables(folder: Folder, tenant_id: str) -> tuple[Table, ...]:
    """The standard tables and those of the tenant's `schemas/`. Raises ConfigError with every problem."""
    reading = Reading(folder, tenant_id)
    tables = read_tables(reading)
    reading.finish()
    return tuple(tables.values())


def addresses(folder: Folder, tenant_id: str) -> list[Address]:
    """Every pipeline that the tenant has a file for."""
    return [
        Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=file.removesuffix(".yml"))
        for provider, domain, file in _pipeline_files(folder, tenant_id)
        if _is_pipeline(provider, domain, file)
    ]


def check_tenant(
    folder: Folder,
    tenant_id: str,
    *,
    egress: Egress = GLOBAL_ONLY,
    beyond: Beyond = NOTHING_BEYOND,
    kept: KeptDocuments | None = None,
) -> list[ConfigProblem]:
    """Everything that is wrong in the tenant's folder, also in files that no pipeline names.

    `egress` is what sources may reach, `beyond` whom to ask about what the files alone don't tell, and
    `kept` what was read of other tenants' files.
    """
    whole = _no_folder(folder, tenant_id, "is a file; a tenant's folder is expected here")
    if whole:
        return whole
    problems: set[ConfigProblem] = set()
    reading = Reading(folder, tenant_id, egress, beyond, kept)
    reading.file(f"{tenant_id}/tenant.yml", Tenant)
    read_tables(reading)
    for name in reading.known("sources", ".yml", shared_too=False):
        found = reading.file(f"{tenant_id}/sources/{name}.yml", SourceFile)
        if found is not None:
            reading.problems.extend(check_source(found[0].root, Place(found[1], ()), reading=reading))
    for name in reading.known("dq_rules", ".yml", shared_too=False):
        rules = reading.file(f"{tenant_id}/dq_rules/{name}.yml", RuleSet)
        if rules is not None:
            reading.problems.extend(check_patterns(rules[0], Place(rules[1], ())))
    scope = sql_scope(reading, shared_too=True)
    for name in reading.known("transforms", ".sql", shared_too=False):
        path = f"{tenant_id}/transforms/{name}.sql"
        reading.problems.extend(transform_problems(reading, path, scope=scope))
    problems.update(reading.problems)
    problems.update(_misplaced(folder, tenant_id))
    recipes, wrong = _read_recipes(reading)
    tests = Reading(folder, tenant_id, kept=kept)
    read_pipeline_tests(tests, recipes)
    problems.update(wrong, tests.problems)
    return sorted(problems)


def load_pipeline_tests(
    folder: Folder, tenant_id: str, *, egress: Egress = GLOBAL_ONLY
) -> tuple[PlannedTest, ...]:
    """The tests of `tests/`. Raises ConfigError with what is wrong with them, or with the tenant's pipelines."""
    reading = Reading(folder, tenant_id, egress)
    recipes, wrong = _read_recipes(reading)
    tests = read_pipeline_tests(reading, recipes)
    reading.problems.extend(wrong)
    reading.finish()
    return tests


def _read_recipes(reading: Reading) -> tuple[dict[str, Recipe | None], list[ConfigProblem]]:
    """Each pipeline with all it names by path, such as `gcp/cost/export`, None where it is wrong; and what is."""
    folder, tenant_id = reading.folder, reading.tenant_id
    recipes: dict[str, Recipe | None] = {}
    problems: list[ConfigProblem] = []
    pipelines = addresses(folder, tenant_id)
    known = Reading(folder, tenant_id, kept=reading.kept)
    added = read_added_columns(known, pipelines if reading.beyond.analyzer else ())
    for address in pipelines:
        own = Reading(folder, tenant_id, reading.egress, reading.beyond, reading.kept, added)
        path = address.text.partition("/")[2]
        recipes[path] = None
        try:
            recipes[path] = read_recipe(own, address)
        except ConfigError:
            pass  # what it holds is in the reading, warnings included
        except NotFoundError:
            # What is named like a file and is none, where folders are only what files are named by.
            if folder.read(pipeline_path(address)) is None:
                stray = _stray(folder, pipeline_path(address), "is a folder; a file is expected here")
                problems.append(stray)
        problems.extend(own.problems)
    return recipes, problems


def _pipeline_files(folder: Folder, tenant_id: str) -> Iterator[tuple[str, str, str]]:
    """Provider, domain and file name of everything three levels down in `pipelines/`."""
    root = f"{tenant_id}/pipelines"
    for provider in folder.names(root):
        for domain in folder.names(f"{root}/{provider}"):
            yield from ((provider, domain, file) for file in folder.names(f"{root}/{provider}/{domain}"))


def _is_pipeline(provider: str, domain: str, file: str) -> bool:
    segments = (provider, domain, file.removesuffix(".yml"))
    return file.endswith(".yml") and all(map(is_segment, segments))


_KINDS = {
    "sources": (".yml",),
    "dq_rules": (".yml",),
    "schemas": (".yml",),
    "transforms": (".sql",),
    FOLDER: (".yml", *ROWS_FILES),
}
_NOT_A_PIPELINE = (
    "is not read; a pipeline is <provider>/<domain>/<name>.yml in lower-case letters, digits and underscores"
)
_OTHERS = ("tenant.yml", "secrets", "files", "README.md")


def _misplaced(folder: Folder, tenant_id: str) -> list[ConfigProblem]:
    problems = []
    for name in folder.names(tenant_id):
        if name not in (*_KINDS, "pipelines") and name not in _OTHERS and not name.startswith("."):
            problems.append(_stray(folder, f"{tenant_id}/{name}", "is not a part of a tenant's folder"))
    for kind, suffixes in _KINDS.items():
        for name in folder.names(f"{tenant_id}/{kind}"):
            if not name.endswith(suffixes) and not name.startswith("."):
                message = f"is not read; files here end in {' or '.join(suffixes)}"
                problems.append(_stray(folder, f"{tenant_id}/{kind}/{name}", message))
    problems.extend(_no_folders(folder, tenant_id))
    for place in _pipeline_files(folder, tenant_id):
        if not _is_pipeline(*place) and not place[-1].startswith("."):
            problems.append(_stray(folder, "/".join((tenant_id, "pipelines", *place)), _NOT_A_PIPELINE))
    return problems


def _no_folders(folder: Folder, tenant_id: str) -> Iterator[ConfigProblem]:
    """What stands where a folder belongs, and is none or can't be looked into."""
    root = f"{tenant_id}/pipelines"
    for name in folder.names(tenant_id):
        if name in (*_KINDS, "pipelines"):
            yield from _no_folder(folder, f"{tenant_id}/{name}", "is a file; a folder is expected here")
    for provider in _visible(folder, root):
        yield from _no_folder(folder, f"{root}/{provider}", _NOT_A_PIPELINE)
        for domain in _visible(folder, f"{root}/{provider}"):
            yield from _no_folder(folder, f"{root}/{provider}/{domain}", _NOT_A_PIPELINE)


def _no_folder(folder: Folder, path: str, message: str) -> list[ConfigProblem]:
    found = folder.read(path)
    # In a bucket there is nothing by the name of a folder.
    if found is None or (isinstance(found, Unreadable) and found.is_folder):
        return []
    return [_stray(folder, path, found.message if isinstance(found, Unreadable) else message)]


def _visible(folder: Folder, path: str) -> Iterator[str]:
    return (name for name in folder.names(path) if not name.startswith("."))


def _stray(folder: Folder, path: str, message: str) -> ConfigProblem:
    return ConfigProblem(f"{folder.label}/{path}", 1, 1, "", message, kind=kinds.MISPLACED_FILE)


def _is_tenant(folder: Folder, name: str) -> bool:
    return name != TEMPLATES and folder.read(f"{name}/tenant.yml") is not None
