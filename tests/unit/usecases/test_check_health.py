"""Whether what we depend on answers."""

from shared.usecases.check_health import Dependency, check_health
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.tables import MemoryTables


def test_each_dependency_has_an_answer_of_its_own() -> None:
    publisher = MemoryPublisher()
    publisher.is_reachable = False

    answers = check_health(tables=MemoryTables(), publisher=publisher)

    assert answers == (
        Dependency(name="bigquery", status="ok"),
        Dependency(name="pubsub", status="unavailable"),
    )
