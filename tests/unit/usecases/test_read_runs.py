"""Reading runs back."""

import pytest

from shared.domain.errors import NotFoundError
from shared.usecases.read_runs import read_run, read_wait
from tests.fakes.acme import CHAIN
from tests.fakes.delivery import deliver_all, execute, run_of, start
from tests.fakes.wire import Wire, watched
from tests.fakes.world import memory_world
from tests.unit.usecases.worlds import with_limit


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


def test_a_run_that_waits_says_for_what_with_one_call() -> None:
    world, wire = memory_world(configs=with_limit(1)), Wire()
    first, second = start(world, CHAIN), start(world, CHAIN)

    waits = [read_wait(run, log=watched(world, wire).log) for run in (first, second)]

    assert sorted(wait.run_ids for wait in waits if wait) == [(min(first.run_id, second.run_id),)]
    assert wire.calls == [("log", "list_open_runs")] * 2


def test_a_run_that_has_started_or_has_no_limit_waits_for_nothing_and_nobody_is_asked() -> None:
    limited, unlimited, wire = memory_world(configs=with_limit(1)), memory_world(), Wire()
    started = start(limited, CHAIN)
    execute(limited, limited.publisher.take())
    runs = [run_of(limited, started), start(unlimited, CHAIN)]

    assert [read_wait(run, log=watched(limited, wire).log) for run in runs] == [None, None]
    assert wire.calls == []
