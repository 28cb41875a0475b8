"""The pipelines that have a schedule: from their index where there is one, else from every tenant's files."""

from pydantic import TypeAdapter, ValidationError

from shared.config import kinds
from shared.config.folder import Folder
from shared.config.problem import ConfigError, ConfigProblem
from shared.config.reading import Reading
from shared.config.recipe import read_pipeline
from shared.config.tenant_folder import addresses, tenant_ids
from shared.config.text import Unreadable
from shared.domain.pipeline import Address, Schedule
from shared.domain.schedule import ScheduledPipeline

INDEX = "schedules.json"
"""Beside the tenants' folders. Terraform writes it, so that nobody has to read a thousand tenants every minute."""
_INDEX = TypeAdapter(tuple[ScheduledPipeline, ...])


def load_schedules(folder: Folder) -> tuple[ScheduledPipeline, ...]:
    """Every pipeline with a schedule, tenant by tenant. One whose file is wrong is left out: it can't be run either.

    Raises ConfigError for an index that is not one.
    """
    index = folder.read(INDEX)
    if index is None:
        return tuple(_found(folder))
    if isinstance(index, Unreadable):
        raise ConfigError(
            [
                ConfigProblem(
                    f"{folder.label}/{INDEX}",
                    index.line,
                    index.column,
                    "",
                    index.message,
                    kind=kinds.UNREADABLE_FILE,
                )
            ]
        )
    try:
        return _INDEX.validate_json(index)
    except ValidationError as error:
        wrong = f"is not an index of schedules: {error.error_count()} problems"
    raise ConfigError([ConfigProblem(f"{folder.label}/{INDEX}", 1, 1, "", wrong, kind=kinds.TENANTS_FILE)])


def _found(folder: Folder) -> list[ScheduledPipeline]:
    every = [address for tenant_id in tenant_ids(folder) for address in addresses(folder, tenant_id)]
    schedules = ((address, _schedule(folder, address)) for address in every)
    return [ScheduledPipeline.of(address, schedule) for address, schedule in schedules if schedule]


def _schedule(folder: Folder, address: Address) -> Schedule | None:
    reading = Reading(folder, address.tenant_id)
    pipeline = read_pipeline(reading, address)
    return pipeline.schedule if pipeline and not reading.problems else None
