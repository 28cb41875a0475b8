"""`tenants.json`: what Terraform makes for the tenants, said once by whoever also checks their files.

It stands beside the tenants' folders and is committed with them. It holds names of secrets and no values.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from shared.config import kinds
from shared.config.folder import Folder
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.reading import TEMPLATES, Reading
from shared.config.recipe import read_pipeline
from shared.config.source_file import SourceFile
from shared.config.standard_tables import TENANT_TABLES
from shared.config.tenant_folder import addresses, load_tenant
from shared.config.tenant_tables import read_tables
from shared.domain.ids import Name, TenantId
from shared.domain.model import Model
from shared.domain.pipeline import IngestStep, Pipeline
from shared.domain.schedule import ScheduledPipeline
from shared.domain.table import Table
from shared.domain.tenant_account import tenant_account_id
from shared.domain.tenant_secret import secret_id

TENANTS_FILE = "tenants.json"
"""Beside the tenants' folders."""

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class TenantEntry(Model):
    """What one tenant gets, and the hash of the folder that says so."""

    account_id: str
    display_name: str
    folder_hash: Hash
    location: str
    schedules: tuple[ScheduledPipeline, ...]
    secrets: tuple[Name, ...]
    tables: tuple[Table, ...]
    """Its own ones. The standard tables are everybody's."""


class TenantsFile(Model):
    """The whole file. `format` is another one when an older release could not read it."""

    format: Literal[1] = 1
    templates_hash: Hash
    tenants: dict[TenantId, TenantEntry]

    @property
    def text(self) -> str:
        """The same for the same folders: sorted, a line for each value, so that two branches seldom meet in one."""
        whole = self.model_dump(mode="json", exclude_none=True)
        return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def build_tenants_file(folder: Folder, hashes: Mapping[str, str]) -> TenantsFile:
    """The file for the tenants that have a hash. Their folders are right: see check_tenant.

    Raises ConfigError where names are made of two tenants' parts and come out alike.
    """
    tenant_ids = sorted(name for name in hashes if name != TEMPLATES)
    tenants = {tenant_id: _entry(folder, tenant_id, hashes[tenant_id]) for tenant_id in tenant_ids}
    clashes = [
        *_clashes(folder, "Secret Manager", _secret_names(tenants)),
        *_clashes(folder, "IAM", ((entry.account_id, id_, "its account") for id_, entry in tenants.items())),
    ]
    if clashes:
        raise ConfigError(clashes)
    return TenantsFile(templates_hash=hashes[TEMPLATES], tenants=tenants)


def _entry(folder: Folder, tenant_id: TenantId, folder_hash: str) -> TenantEntry:
    tenant, reading = load_tenant(folder, tenant_id), Reading(folder, tenant_id)
    found = [(address, read_pipeline(reading, address)) for address in addresses(folder, tenant_id)]
    pipelines = [(address, pipeline) for address, pipeline in found if pipeline is not None]
    secrets = _secrets(reading, [pipeline for _, pipeline in pipelines])
    tables = read_tables(reading)
    reading.finish()
    return TenantEntry(
        account_id=tenant_account_id(tenant_id),
        display_name=tenant.display_name,
        folder_hash=folder_hash,
        location=tenant.location,
        schedules=tuple(ScheduledPipeline.of(one, p.schedule) for one, p in pipelines if p.schedule),
        secrets=tuple(sorted(secrets)),
        tables=tuple(table for name, table in sorted(tables.items()) if name not in TENANT_TABLES),
    )


def _secrets(reading: Reading, pipelines: list[Pipeline]) -> set[str]:
    """What the tenant's own sources name, and those of the templates that its pipelines read."""
    own = reading.known("sources", ".yml", shared_too=False)
    read = {step.source for one in pipelines for step in one.steps if isinstance(step, IngestStep)}
    paths = (reading.find("sources", f"{name}.yml", shared_too=True) for name in sorted({*own, *read}))
    sources = (reading.file(path, SourceFile) for path in paths if path is not None)
    return {name for found in sources if found for name in found[0].root.needs.secrets}


def _secret_names(tenants: Mapping[str, TenantEntry]) -> Iterator[tuple[str, str, str]]:
    for tenant_id, entry in tenants.items():
        yield from ((secret_id(tenant_id, name), tenant_id, f"its secret {name}") for name in entry.secrets)


def _clashes(folder: Folder, where: str, named: Iterator[tuple[str, str, str]]) -> Iterator[ConfigProblem]:
    """Things of two tenants that would have one name; each of `named` is that name, the tenant and what it is."""
    things = defaultdict(list)
    for name, tenant_id, thing in named:
        things[name].append((tenant_id, thing))
    for name, ((tenant_id, thing), *others) in things.items():
        for other_id, other in others:
            message = (
                f"{thing} would be called {name} in {where}, and so would {other.removeprefix('its ')} "
                f"of {other_id}; give one of them another name"
            )
            yield ConfigProblem(f"{folder.label}/{tenant_id}", 1, 1, "", message, kind=kinds.CLASHING_NAMES)
