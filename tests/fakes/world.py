"""A World in memory, with the small tenant of `acme` onboarded."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from shared.adapters.counted_strangers import CountedStrangers
from shared.ports import Configs, Tokens, World
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


@dataclass(frozen=True)
class MemoryWorld(World):
    """A World of fakes, behind which a test can look."""

    clock: SetClock
    log: MemoryLog
    publisher: MemoryPublisher
    warehouse: MemoryWarehouse
    tables: MemoryTables
    keys: MemoryKeys
    strangers: CountedStrangers
    reader: MemoryReader


class Ports(TypedDict, total=False):
    """Those that take the place of the usual ones."""

    clock: SetClock
    log: MemoryLog
    publisher: MemoryPublisher
    warehouse: MemoryWarehouse
    tables: MemoryTables
    configs: Configs
    keys: MemoryKeys
    tokens: Tokens
    reader: MemoryReader


def memory_world(**ports: Unpack[Ports]) -> MemoryWorld:
    """A World of fakes; those given as keywords take the place of the usual ones."""
    clock = ports.get("clock") or SetClock()
    return MemoryWorld(
        clock=clock,
        log=ports.get("log") or MemoryLog(clock),
        publisher=ports.get("publisher") or MemoryPublisher(),
        warehouse=ports.get("warehouse") or MemoryWarehouse(),
        tables=ports.get("tables") or MemoryTables(TENANT, "umbrella"),
        configs=ports.get("configs") or MemoryConfigs(FILES),
        keys=ports.get("keys") or MemoryKeys(key_of(TENANT, KEY), key_of("umbrella", OTHER_KEY)),
        strangers=CountedStrangers(clock),
        tokens=ports.get("tokens") or MemoryTokens(),
        reader=ports.get("reader") or MemoryReader(ROWS_BY_PATH),
    )
