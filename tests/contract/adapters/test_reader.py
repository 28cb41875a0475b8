"""What every Reader promises: in memory, in the simulation and of files."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import JsonValue

from shared.adapters.files.disk_files import DiskFiles
from shared.adapters.folder_secrets import FolderSecrets
from shared.adapters.source_reader import SourceReader
from shared.domain.errors import StepError
from shared.domain.source import FilesSource
from shared.ports import Reader
from tests.fakes.acme import CHARGES, ROWS_BY_PATH, TENANT
from tests.fakes.clock import NOON
from tests.fakes.gates import LOCAL_GATE
from tests.fakes.reader import MemoryReader, one_by_one
from tests.simulation.calm import calm_timeline, carried_out
from tests.simulation.reader import SimulatedReader

Read = Callable[[str], list[dict[str, JsonValue]]]


def rows_of(reader: Reader, path: str) -> list[dict[str, JsonValue]]:
    source = FilesSource(type="files", path=path, format="csv")
    return list(one_by_one(reader.read(source, tenant_id=TENANT, parameters=())))


def of_files(folder: Path) -> Reader:
    """The small tenant's sources, as the files that they are."""
    own = folder / TENANT
    own.mkdir()
    for path, rows in ROWS_BY_PATH.items():
        with (own / path).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    found = DiskFiles(folder, own)
    return SourceReader(own_files=found, bucket_files=found, secrets=FolderSecrets(folder), gate=LOCAL_GATE)


def in_simulation() -> Read:
    timeline = calm_timeline(NOON)
    reader = SimulatedReader(timeline, ROWS_BY_PATH)
    return lambda path: carried_out(timeline, lambda: rows_of(reader, path))


@pytest.fixture(params=["memory", "simulation", "files"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    """Every implementation."""
    if request.param == "simulation":
        return in_simulation()
    reader = MemoryReader(ROWS_BY_PATH) if request.param == "memory" else of_files(tmp_path)
    return lambda path: rows_of(reader, path)


def test_rows_come_as_they_are_and_as_often_as_they_are_asked_for(read: Read) -> None:
    answers = [read("charges.csv"), read("charges.csv")]

    assert answers == [CHARGES, CHARGES]


def test_a_source_that_is_not_there_fails_the_step(read: Read) -> None:
    with pytest.raises(StepError, match=r"^No file matches 'none\.csv'$"):
        read("none.csv")
