"""What a step knows of its source before it reads it, and what becomes known when it has read it.

The reading is told of in the log before the load job can be there, and named in a label of that job. So whoever sees
the job's rows in the table knows whose reading they are, whichever delivery it was.
"""

from functools import partial
from uuid import uuid4

from shared.domain.definition import definition_hash
from shared.domain.destination import IngestDestination
from shared.domain.job import JobOutcome
from shared.domain.parameter import ParameterValue
from shared.domain.plan import PlannedIngest
from shared.domain.progress import Memory, progress_of
from shared.domain.source import Source
from shared.ports import Warehouse
from shared.steps.attempt import Attempt
from shared.steps.watch import Watch

_LABEL = "reading"


def remembering(
    step: PlannedIngest, attempt: Attempt, *, warehouse: Warehouse, watch: Watch
) -> tuple[Memory | None, dict[str, str]]:
    """The memory to read the source with, and the labels of the job that loads what was read.

    None for a source of which nothing is remembered.
    """
    way, table = way_of(step.source, step.destination, attempt.plan.parameters), step.table.name
    if way is None:
        return None, {}
    created_at = warehouse.created_at(attempt.plan.tenant_id, table)
    known = progress_of(watch.list_readings(), table=table, way=way, since=created_at)
    reading_id = uuid4().hex
    keep = partial(watch.tell_read, reading_id=reading_id, table=table, way=way)
    return Memory(known, keep, attempt.now), {_LABEL: reading_id}


def way_of(
    source: Source, destination: IngestDestination, parameters: tuple[ParameterValue, ...]
) -> str | None:
    """How the source is read for the destination, with these parameters; None where nothing is remembered of it.

    What goes on from where it ended is read for these keys: by others, rows may have taken each other's place. Other
    values of the parameters that it is asked by are another part of it.
    """
    needs = source.needs
    if needs.way is None or not needs.goes_on:
        return needs.way
    given = {
        each.name: each.value
        for value in parameters
        for each in value.sql_parameters
        if each.name in needs.parameters
    }
    definition = definition_hash([needs.way, destination.mode, *destination.keys])
    return f"{definition}/{definition_hash(given)}" if given else definition


def reading_of(loaded: JobOutcome) -> str | None:
    """Which reading's rows the job has loaded."""
    return loaded.labels.get(_LABEL)
