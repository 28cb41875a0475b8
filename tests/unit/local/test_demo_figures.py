"""How the demo compares figures."""

from datetime import date
from decimal import Decimal

from local.demo.figures import net_cost


def test_amounts_are_the_same_however_many_zeros_they_end_in() -> None:
    day = (date(2025, 11, 1), "Compute Engine", "", "USD")
    amounts = [Decimal(text) for text in ("624.3932782", "624.393278200")]

    written = {net_cost({day: (Decimal(0), Decimal(0), amount, 1)}) for amount in amounts}

    assert written == {"624.3932782"}
