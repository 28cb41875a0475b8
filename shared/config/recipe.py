"""A pipeline's files, read and held against each other: a recipe, or every problem of every file at once."""

from typing import Annotated

from pydantic import Field

from shared.config import kinds
from shared.config.folder import Folder
from shared.config.foresight import foreseen_problems
from shared.config.place import Place
from shared.config.reading import Reading
from shared.config.recipe_parts import RecipeParts, read_parts
from shared.config.tenant_tables import read_tables
from shared.domain.egress import GLOBAL_ONLY, Egress
from shared.domain.errors import PipelineNotFoundError
from shared.domain.ids import Name
from shared.domain.model import Model
from shared.domain.parameter import Parameter
from shared.domain.pipeline import Address, Pipeline, Recipe, Schedule, Step, Timeout
from shared.domain.tenant import Tenant


class Extension(Model):
    """A pipeline that takes what it doesn't say itself from one under `configs/templates/pipelines/`."""

    extends: Annotated[
        str,
        Field(
            pattern=r"^templates/[a-z0-9_]+/[a-z0-9_]+/[a-z0-9_]+$",
            description="e.g. templates/gcp/cost/export",
        ),
    ]
    description: str | None = None
    parameters: dict[Name, Parameter] = {}
    schedule: Schedule | None = None
    timeout: Timeout | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=100)] | None = None


def load_recipe(folder: Folder, address: Address, *, egress: Egress = GLOBAL_ONLY) -> Recipe:
    """The pipeline and all it names; `egress` is what its sources may reach.

    Raises PipelineNotFoundError where there is no such pipeline, ConfigError with every problem of every file.
    """
    return read_recipe(Reading(folder, address.tenant_id, egress), address)


def read_recipe(reading: Reading, address: Address) -> Recipe:
    """The same, by a reading that may know more, and keeps warnings too."""
    folder, tenant_id, path = reading.folder, address.tenant_id, pipeline_path(address)
    if folder.read(path) is None or folder.read(f"{tenant_id}/tenant.yml") is None:
        raise PipelineNotFoundError
    tenant = reading.file(f"{tenant_id}/tenant.yml", Tenant)
    tables = read_tables(reading)
    found = _read_pipeline(reading, path)
    parts = RecipeParts(tables=tables)
    if found is not None:
        pipeline, place, shared_too = found
        read_parts(parts, pipeline, place, reading=reading, shared_too=shared_too)
        reading.problems.extend(foreseen_problems(parts, pipeline, address, reading=reading))
    reading.finish()
    if tenant is None or found is None:  # then there were problems
        raise PipelineNotFoundError
    return Recipe(
        address=address,
        tenant=tenant[0],
        pipeline=found[0],
        sources=parts.sources,
        rule_sets=parts.rule_sets,
        transforms=parts.transforms,
        tables=parts.tables,
    )


def read_pipeline(reading: Reading, address: Address) -> Pipeline | None:
    """The pipeline alone, without what it names; what is wrong with it goes into the reading."""
    found = _read_pipeline(reading, pipeline_path(address))
    return found[0] if found else None


def pipeline_path(address: Address) -> str:
    """Where the pipeline's file is, from the root of the configurations."""
    return f"{address.tenant_id}/pipelines/{address.provider}/{address.domain}/{address.pipeline}.yml"


def _read_pipeline(reading: Reading, path: str) -> tuple[Pipeline, Place, bool] | None:
    """The pipeline, where its steps stand, and whether files of the templates may be named."""
    if not _extends(reading, path):
        found = reading.file(path, Pipeline)
        return (found[0], Place(found[1], ()), False) if found else None
    own = reading.file(path, Extension)
    if own is None:
        return None
    extension, document = own
    base_path = extension.extends.replace("templates/", "templates/pipelines/", 1) + ".yml"
    if reading.folder.read(base_path) is None:
        place = Place(document, ("extends",))
        reading.problems.append(
            place.problem(kinds.UNKNOWN_FILE, f"there is no {reading.folder.label}/{base_path}")
        )
        return None
    base = reading.file(base_path, Pipeline)
    if base is None:
        return None
    return _combined(base[0], extension), Place(document, (), template=base[1]), True


def _extends(reading: Reading, path: str) -> bool:
    text = reading.folder.read(path)
    return isinstance(text, str) and any(line.startswith("extends:") for line in text.splitlines())


def _combined(base: Pipeline, extension: Extension) -> Pipeline:
    return Pipeline(
        description=extension.description or base.description,
        parameters={**base.parameters, **extension.parameters},
        schedule=extension.schedule or base.schedule,
        timeout=extension.timeout or base.timeout,
        steps=extension.steps or base.steps,
    )
