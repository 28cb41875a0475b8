"""How many bytes may still be billed."""

import pytest

from shared.domain.estimate import Estimate
from shared.domain.spending import Allowance, tightest, why_too_dear

MIB = 2**20


def of(left: int, *, limit: str = "bytes_billed_per_run") -> Allowance:
    return Allowance(limit, 100 * MIB, 100 * MIB - left, "read less")


def test_the_limit_counts_of_which_the_least_is_left() -> None:
    first, second = of(30 * MIB), of(20 * MIB, limit="bytes_billed_per_step")

    assert tightest([first, second]) == second
    assert of(-5).left == 0


@pytest.mark.parametrize(
    ("estimate", "left", "is_let_through"),
    [
        (Estimate(bytes_processed=20 * MIB, table_count=1), 20 * MIB, True),
        (Estimate(bytes_processed=20 * MIB + 1, table_count=1), 20 * MIB, False),
        (Estimate(bytes_processed=0, table_count=2), 20 * MIB - 1, False),
        (Estimate(bytes_processed=0), 0, True),
        (Estimate(bytes_processed=None, table_count=1), 10 * MIB, True),
        (Estimate(bytes_processed=None, table_count=1), 10 * MIB - 1, False),
        (None, 10 * MIB, True),
        (None, 10 * MIB - 1, False),
    ],
)
def test_a_query_is_let_through_where_what_it_bills_is_left(
    estimate: Estimate | None, left: int, is_let_through: bool
) -> None:
    assert (why_too_dear(estimate, of(left)) is None) == is_let_through


def test_both_figures_are_told_and_what_to_do() -> None:
    known, unknown = Estimate(bytes_processed=12_000_000, table_count=1), Estimate(bytes_processed=None)

    assert why_too_dear(known, of(5)) == (
        "the query would bill 12,582,912 bytes and was not carried out: 5 are left of the 104,857,600 that "
        "bytes_billed_per_run allows; read less"
    )
    assert "would bill at least 10,485,760 bytes" in (why_too_dear(unknown, of(5)) or "")
