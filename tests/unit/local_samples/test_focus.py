"""What the synthetic FOCUS file holds."""

import csv
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from local.samples.focus import COLUMNS, write_focus_csv

COMMITTED = Path(__file__).parents[3] / "configs/acme_corp_001/files/focus_sample.csv"


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_focus_csv(tmp_path / "sample.csv", rows=120, seed=1)

    assert (tmp_path / "sample.csv").read_bytes() == COMMITTED.read_bytes()


def test_another_seed_gives_other_charges(tmp_path: Path) -> None:
    write_focus_csv(tmp_path / "one.csv", rows=10, seed=1)
    write_focus_csv(tmp_path / "two.csv", rows=10, seed=2)

    assert (tmp_path / "one.csv").read_bytes() != (tmp_path / "two.csv").read_bytes()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_charge_has_the_43_columns_with_times_and_plain_decimals(tmp_path: Path) -> None:
    write_focus_csv(tmp_path / "focus.csv", rows=500, seed=3)

    charges = read(tmp_path / "focus.csv")

    assert len(COLUMNS) == 43
    assert len(charges) == 500
    for charge in charges:
        assert tuple(charge) == COLUMNS
        assert "" not in charge.values()
        assert re.fullmatch(r"-?\d+\.\d{1,11}", charge["BilledCost"])
        assert re.fullmatch(r"2025-10-\d\d \d\d:00:00", charge["ChargePeriodStart"])
        assert charge["ChargePeriodStart"] < charge["ChargePeriodEnd"]


def test_the_file_holds_what_makes_real_ones_hard(tmp_path: Path) -> None:
    figures = write_focus_csv(tmp_path / "focus.csv", rows=1000, seed=1)

    charges = read(tmp_path / "focus.csv")

    assert figures.tiny_count > 20
    assert {charge["ProviderName"] for charge in charges} == {
        "Nimbus Web Cloud",
        "Meridian Azur",
        "Oracula Cloud",
    }
    assert {charge["ChargeClass"] for charge in charges} == {"NULL", "Correction"}
    assert {charge["PricingCategory"] for charge in charges} == {"Standard", "Committed"}
    assert any(Decimal(charge["BilledCost"]) < 0 for charge in charges)
    assert any(charge["Tags"] == "NULL" for charge in charges)
    assert any('\\"A\\"' in charge["Tags"] for charge in charges)
    assert figures.billed_cost != figures.exact_billed_cost


def test_the_figures_are_those_of_the_file(tmp_path: Path) -> None:
    figures = write_focus_csv(tmp_path / "focus.csv", rows=300, seed=4)

    costs = [Decimal(charge["BilledCost"]) for charge in read(tmp_path / "focus.csv")]

    assert figures.row_count == 300
    assert figures.exact_billed_cost == sum(costs)
    assert figures.billed_cost == sum(cost.quantize(Decimal("1e-9"), ROUND_HALF_UP) for cost in costs)
    assert figures.tiny_count == sum(0 < abs(cost) < Decimal("0.000001") for cost in costs)
