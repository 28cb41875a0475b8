"""Which objects one job loads: all of a source, or one of them where each row is to say which one it is of.

A load job says of no row which object it is of. So each object then has a job and a staging table of its own. The job
of the first part is the attempt's, by which it is decided who writes; the others come before it, change nothing that
anybody else sees, and have the version of the objects in their names.
"""

from dataclasses import dataclass

from shared.domain.errors import AttemptError, StepError
from shared.domain.job import JobOutcome, ObjectsJob
from shared.domain.loadable import LoadableObjects, LoadableText
from shared.domain.plan import PlannedIngest
from shared.domain.table import Column, Table
from shared.ports import Warehouse
from shared.steps.attempt import Attempt
from shared.steps.files_sql import tells_file
from shared.steps.staging_table import creation_of, staging_table

MOST_APART = 50
"""How many objects are loaded each by a job of its own. Beyond that, reading them takes no longer."""


@dataclass(frozen=True)
class ObjectsPart:
    """Objects that are loaded by one job into `table`; `file` is what each of its rows says, if it does.

    `text` is what the one object holds that is loaded line by line.
    """

    uris: tuple[str, ...]
    file: str | None
    table: Table
    suffix: str
    """Of the names of its jobs; `""` for the first part."""
    text: LoadableText | None = None


def most_objects(step: PlannedIngest) -> int | None:
    """How many objects of the step may be loaded; None where it doesn't matter."""
    return MOST_APART if _are_apart(step) else None


def _are_apart(step: PlannedIngest) -> bool:
    """Whether each object has a job of its own, for its rows to say it; of text also to see that all of it is there."""
    return tells_file(step) or step.source.needs.as_lines


def parts_of(objects: LoadableObjects, step: PlannedIngest, attempt: Attempt) -> tuple[ObjectsPart, ...]:
    """The parts, the attempt's own first."""
    if not _are_apart(step):
        return (ObjectsPart(objects.uris, None, _table(objects, step, attempt), ""),)
    suffixes = ("", *(f"_{objects.version[:16]}_{number}" for number in range(1, len(objects.uris))))
    texts = objects.texts or (None,) * len(objects.uris)
    told = tells_file(step)
    return tuple(
        ObjectsPart(
            (uri,), uri if told else None, _table(objects, step, attempt, suffix=suffix), suffix, text
        )
        for uri, suffix, text in zip(objects.uris, suffixes, texts, strict=True)
    )


def _table(objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, suffix: str = "") -> Table:
    columns = (Column(name=column.name, type=column.type) for column in objects.columns)
    return staging_table(step, attempt, columns, suffix=f"_objects{suffix}")


def prepare_parts(
    objects: LoadableObjects, step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse
) -> list[JobOutcome]:
    """Make the staging tables, and fill all but the first. Raises StepError where that can't be done.

    That a job is refused does not end the attempt.
    """
    parts = parts_of(objects, step, attempt)
    try:
        creations = [creation_of(part.table, attempt, part=f"objects{part.suffix}") for part in parts]
        made = [warehouse.submit(creation) for creation in creations]
        outcomes = [warehouse.wait(each, until=attempt.until) for each in made]
        for part in parts[1:]:
            warehouse.submit(load_of(part, attempt))
        return [*outcomes, *others_loaded(parts, attempt, warehouse=warehouse)]
    except AttemptError as error:
        raise StepError(str(error)) from error


def others_loaded(
    parts: tuple[ObjectsPart, ...], attempt: Attempt, *, warehouse: Warehouse
) -> list[JobOutcome]:
    """What came of the loads of all parts but the first."""
    handles = [attempt.handle(f"load{part.suffix}") for part in parts[1:]]
    return [warehouse.wait(each, until=attempt.until) for each in handles]


def load_of(part: ObjectsPart, attempt: Attempt, **labels: str) -> ObjectsJob:
    """The job that loads the part."""
    load = attempt.handle(f"load{part.suffix}")
    return ObjectsJob(
        tenant_id=load.tenant_id,
        job_id=load.job_id,
        location=load.location,
        table=part.table,
        uris=part.uris,
        are_lines=part.text is not None,
        timeout_seconds=attempt.timeout_seconds,
        labels={**attempt.labels, **labels},
    )
