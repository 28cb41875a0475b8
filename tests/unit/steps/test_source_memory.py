"""As what a source counts that is remembered for a destination."""

from shared.domain.destination import IngestDestination
from shared.domain.parameter import ParameterValue
from shared.domain.source import FilesSource
from shared.steps.source_memory import way_of
from tests.fakes.sources import growing_orders

ORDERS = growing_orders()
BY_ID = IngestDestination(table="orders", mode="merge", keys=("id",))
ACCOUNT = ParameterValue(name="account", type="string", text="7")


def test_what_goes_on_is_another_thing_by_other_keys() -> None:
    by_both = BY_ID.model_copy(update={"keys": ("id", "shop")})

    assert way_of(ORDERS, BY_ID, ()) == way_of(ORDERS, BY_ID, (ACCOUNT,))
    assert way_of(ORDERS, BY_ID, ()) != way_of(ORDERS, by_both, ())


def test_files_are_remembered_whatever_the_run_was_given() -> None:
    due = FilesSource(type="files", path="*.csv", format="csv", load="new")
    append = IngestDestination(table="raw_data", mode="append")

    assert way_of(due, append, (ACCOUNT,)) == due.needs.way
    assert way_of(due.model_copy(update={"load": "all"}), append, ()) is None
