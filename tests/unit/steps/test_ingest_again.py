"""An ingest step that is delivered again or twice at once, and sources that can't be read."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pydantic import JsonValue

from shared.domain.destination import IngestDestination
from shared.domain.errors import AttemptError, ForbiddenError, StepError, TransientError
from shared.domain.plan import PlannedIngest
from shared.domain.source import FilesSource
from shared.steps.attempt import Attempt, StepResult
from shared.steps.ingest import ingest
from tests.fakes.reader import MemoryReader
from tests.fakes.warehouse import MemoryWarehouse
from tests.fakes.watch import watch_over
from tests.unit.steps.attempts import RAW, RUN, attempt_at

ROW: dict[str, JsonValue] = {"sku": "a", "price": "1.5"}
READER = MemoryReader({"x.csv": [ROW]})
LOAD_BY_MODE = {"append": f"cdp_{RUN}_1_1", "replace": f"cdp_{RUN}_1_1_load"}


class ActingReader(MemoryReader):
    """A source with one row, beside which something happens while it is read."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__({})
        self._act = act

    def read(self, *_: object, **__: object) -> Iterator[dict[str, JsonValue]]:
        yield ROW
        self._act()


def failing_reader(error: Exception) -> MemoryReader:
    reader = MemoryReader({})
    reader.error = error
    return reader


def attempt_in(mode: str) -> Attempt:
    """The first try at a step that ingests a file."""
    return attempt_at(
        PlannedIngest(
            number=1,
            id="ingest",
            needs=(),
            source_name="x",
            source=FilesSource(type="files", path="x.csv", format="csv"),
            destination=IngestDestination(table="raw_data", mode=mode),
            table=RAW,
        )
    )


def carry(attempt: Attempt, warehouse: MemoryWarehouse, *, reader: MemoryReader) -> StepResult:
    assert isinstance(attempt.step, PlannedIngest)
    watch = watch_over(attempt, warehouse)
    return ingest(attempt.step, attempt, warehouse=warehouse, reader=reader, watch=watch)


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_a_source_that_was_read_for_an_attempt_is_not_read_again(mode: str) -> None:
    warehouse, attempt = MemoryWarehouse(), attempt_in(mode)
    first = carry(attempt, warehouse, reader=READER)

    again = carry(replace(attempt, is_repeated=True), warehouse, reader=failing_reader(StepError("gone")))

    assert again == first
    assert len(warehouse.loaded) == 1


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("error", [StepError("401"), TransientError("503"), ForbiddenError("403")])
def test_a_source_that_cannot_be_read_makes_the_load_job_void(mode: str, error: Exception) -> None:
    warehouse = MemoryWarehouse()

    with pytest.raises((StepError, AttemptError, ForbiddenError), match=str(error)):
        carry(attempt_in(mode), warehouse, reader=failing_reader(error))

    assert warehouse.voided == {LOAD_BY_MODE[mode]}
    assert warehouse.loaded == {}
    assert set(warehouse.effects) <= {f"cdp_{RUN}_1_1_staging"}


def test_a_source_that_fails_for_now_ends_the_attempt_with_its_kind_and_its_pause() -> None:
    error = TransientError("the API answered 429", kind="rate_limit", retry_after_seconds=40)

    with pytest.raises(AttemptError, match=r"^the API answered 429$") as caught:
        carry(attempt_in("append"), MemoryWarehouse(), reader=failing_reader(error))

    assert (caught.value.kind, caught.value.retry_after_seconds) == ("rate_limit", 40)


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("error", [StepError("401"), TransientError("503"), ForbiddenError("403")])
def test_a_delivery_that_has_read_the_source_cannot_load_once_another_said_that_it_failed(
    mode: str, error: Exception
) -> None:
    warehouse, attempt = MemoryWarehouse(), attempt_in(mode)

    def fail_beside() -> None:
        with pytest.raises((StepError, AttemptError, ForbiddenError)):
            carry(attempt, warehouse, reader=failing_reader(error))

    with pytest.raises(AttemptError) as caught:
        carry(attempt, warehouse, reader=ActingReader(fail_beside))

    assert caught.value.kind == "stopped"
    assert warehouse.loaded == {}
    assert set(warehouse.effects) <= {f"cdp_{RUN}_1_1_staging"}


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("error", [StepError("401"), TransientError("503"), ForbiddenError("403")])
def test_a_source_that_can_no_longer_be_read_does_not_fail_the_attempt_of_which_rows_are_loaded(
    mode: str, error: Exception
) -> None:
    warehouse, attempt = MemoryWarehouse(), attempt_in(mode)
    first = carry(attempt, warehouse, reader=READER)

    with pytest.raises(TransientError, match="Another delivery has read the source") as caught:
        carry(attempt, warehouse, reader=failing_reader(error))
    again = carry(replace(attempt, is_repeated=True), warehouse, reader=failing_reader(error))

    assert not isinstance(caught.value, AttemptError)
    assert warehouse.voided == set()
    assert again == first


@pytest.mark.parametrize("mode", ["append", "replace"])
def test_of_two_deliveries_that_read_the_source_at_once_one_loads(mode: str) -> None:
    warehouse, attempt = MemoryWarehouse(), attempt_in(mode)
    results: list[StepResult] = []

    last = carry(
        attempt,
        warehouse,
        reader=ActingReader(lambda: results.append(carry(attempt, warehouse, reader=READER))),
    )

    assert results == [last]
    assert len(warehouse.loaded) == 1


def test_a_source_whose_failure_cannot_be_made_sure_of_uses_up_no_attempt() -> None:
    warehouse = MemoryWarehouse()
    warehouse.is_reachable = False

    with pytest.raises(TransientError, match="Could not reach BigQuery") as caught:
        carry(attempt_in("append"), warehouse, reader=failing_reader(StepError("401")))

    assert not isinstance(caught.value, AttemptError)
