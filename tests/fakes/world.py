"""A World in memory, with the small tenant of `acme` onboarded."""

from typing import Any

from shared.ports import World
from tests.fakes.acme import FILES, KEY, OTHER_KEY, ROWS_BY_PATH, TENANT, key_of
from tests.fakes.clock import SetClock
from tests.fakes.configs import MemoryConfigs
from tests.fakes.keys import MemoryKeys
from tests.fakes.log import MemoryLog
from tests.fakes.publisher import MemoryPublisher
from tests.fakes.reader import MemoryReader
from tests.fakes.tables import MemoryTables
from tests.fakes.tokens import MemoryTokens
from tests.fakes.warehouse import MemoryWarehouse


def memory_world(**ports: Any) -> World:
    """A World of fakes; those given as keywords take the place of the usual ones."""
    clock = ports.get("clock") or SetClock()
    usual = {
        "clock": clock,
        "log": MemoryLog(clock),
        "publisher": MemoryPublisher(),
        "warehouse": MemoryWarehouse(),
        "tables": MemoryTables(TENANT, "umbrella"),
        "configs": MemoryConfigs(FILES),
        "keys": MemoryKeys(key_of(TENANT, KEY), key_of("umbrella", OTHER_KEY)),
        "tokens": MemoryTokens(),
        "reader": MemoryReader(ROWS_BY_PATH),
    }
    return World(**(usual | ports))
