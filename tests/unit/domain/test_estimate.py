"""What a query's bytes are billed as, and what they cost."""

from decimal import Decimal

import pytest

from shared.domain.estimate import Estimate, price_usd

MIB = 2**20


@pytest.mark.parametrize(
    ("processed", "tables", "billed"),
    [(0, 0, 0), (1, 1, 10 * MIB), (1, 3, 30 * MIB), (40 * MIB + 1, 3, 41 * MIB), (None, 2, None)],
)
def test_whole_mib_are_billed_and_at_least_ten_for_each_table(
    processed: int | None, tables: int, billed: int | None
) -> None:
    assert Estimate(bytes_processed=processed, table_count=tables).bytes_billed == billed


def test_the_price_is_that_of_a_tib() -> None:
    assert price_usd(2**40 * 2) == Decimal("12.5000")
    assert price_usd(0) == 0
