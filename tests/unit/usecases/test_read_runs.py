"""Reading runs back."""

import pytest

from shared.domain.errors import NotFoundError
from shared.usecases.read_runs import read_run
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import deliver_all, run_of, start
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world


def test_a_run_is_read_with_one_call() -> None:
    world, wire = memory_world(), Wire()
    run = start(world, CHAIN)
    deliver_all(world)

    found = read_run(run.run_id, tenant_id="acme", log=watched(world, wire).log)

    assert found == run_of(world, run)
    assert wire.calls == [("log", "read")]


def test_another_tenants_run_is_not_found() -> None:
    world = memory_world()
    run = start(world, CHAIN)

    with pytest.raises(NotFoundError, match=r"^Run not found$"):
        read_run(run.run_id, tenant_id="umbrella", log=world.log)


@pytest.mark.parametrize(
    "text", ["", "none", "0", "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-7fff-8fff-ffffffffffff"]
)
def test_what_is_no_run_id_is_not_found_without_asking_the_log(text: str) -> None:
    world, wire = memory_world(), Wire()

    with pytest.raises(NotFoundError, match=r"^Run not found$"):
        read_run(text, tenant_id="acme", log=watched(world, wire).log)

    assert wire.calls == []
