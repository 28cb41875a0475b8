"""What Cloud Scheduler takes for a cron expression, and what it doesn't."""

from datetime import datetime

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.cron import require_cron


@pytest.mark.parametrize(
    "cron",
    [
        "0 6 * * *",
        "*/15 * * * *",
        "0 6 1,15 * *",
        "0 6 * * MON-FRI",
        "*/5 0-6,8 1,15 JAN-MAR MON-FRI",
        "0 0 * * 7",
        "0 0 * * SUN,3,5-7",
        "00 06 * * *",
        "0-30/10 */2 * 1-12/3 *",
        "0 0 29 2 *",
        "0 0 31 1,2 *",
        "0 0 31 2 MON",
        "*/59 */23 */31 */12 */7",
    ],
)
def test_what_unix_cron_takes_is_no_problem(cron: str) -> None:
    assert require_cron(cron) == cron


TAKES_DAYS = "it takes 1 to 31, *, and -, / and , with these"
TAKES_WEEKDAYS = "it takes 0 to 7 or SUN to SAT, *, and -, / and , with these"


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("0 6 L * *", f"day of the month 'L': {TAKES_DAYS}"),
        ("0 6 LW * *", f"day of the month 'LW': {TAKES_DAYS}"),
        ("0 6 15W * *", f"day of the month '15W': {TAKES_DAYS}"),
        ("0 6 * * 5L", f"day of the week '5L': {TAKES_WEEKDAYS}"),
        ("0 6 * * 1#2", f"day of the week '1#2': {TAKES_WEEKDAYS}"),
        ("0 6 ? * *", f"day of the month '?': {TAKES_DAYS}"),
        ("0 6 * * 8", f"day of the week '8': {TAKES_WEEKDAYS}"),
        ("0 6 * * mon", f"day of the week 'mon': {TAKES_WEEKDAYS}; did you mean MON?"),
        ("0 6 * * MONDAY", f"day of the week 'MONDAY': {TAKES_WEEKDAYS}; did you mean MON?"),
        ("0 6 * Jan *", "month 'Jan': it takes 1 to 12 or JAN to DEC, *, and -, / and , with these; did you mean JAN?"),
        ("60 6 * * *", "minute '60': it takes 0 to 59, *, and -, / and , with these"),
        ("0 24 * * *", "hour '24': it takes 0 to 23, *, and -, / and , with these"),
        ("0 6 0 * *", f"day of the month '0': {TAKES_DAYS}"),
        ("0 6 32 * *", f"day of the month '32': {TAKES_DAYS}"),
        ("0 6 * 13 *", "month '13': it takes 1 to 12 or JAN to DEC, *, and -, / and , with these"),
        ("-1 6 * * *", "minute '-1': it takes 0 to 59, *, and -, / and , with these"),
        ("1, 6 * * *", "minute '1,': it takes 0 to 59, *, and -, / and , with these"),
        ("*/61 * * * *", "minute '*/61': a step is a number from 1 to 59"),
        ("*/0 * * * *", "minute '*/0': a step is a number from 1 to 59"),
        ("*/ * * * *", "minute '*/': a step is a number from 1 to 59"),
        ("0 */24 * * *", "hour '*/24': a step is a number from 1 to 23"),
        ("5/10 * * * *", "minute '5/10': a step goes through a range; write 5-59/10"),
        ("30-10 * * * *", "minute '30-10': a range goes upwards; write 30-59,0-10"),
        ("0 6 * * FRI-MON", "day of the week 'FRI-MON': a range goes upwards; write FRI-SAT,SUN-MON"),
        ("0 6 * * FRI-SUN", "day of the week 'FRI-SUN': a range goes upwards; write FRI-SAT,SUN"),
        ("0 22-6 * * *", "hour '22-6': a range goes upwards; write 22-23,0-6"),
        ("0 0 31 2 *", "day of the month '31': no month of it has that day"),
        ("0 0 31 4,6,9,11 *", "day of the month '31': no month of it has that day"),
        ("0 6 * *", "it has 4 of five fields: minute, hour, day of the month, month, day of the week"),
        ("0 0 6 * * *", "it has 6 of five fields: minute, hour, day of the month, month, day of the week"),
        ("", "it has 0 of five fields: minute, hour, day of the month, month, day of the week"),
        ("@daily", "write '0 0 * * *'"),
        ("@reboot", "it has 1 of five fields: minute, hour, day of the month, month, day of the week"),
        ("0  6 * * *", "write one space between two fields, and none around them"),
        ("0 6 * * *\n", "write one space between two fields, and none around them"),
    ],
)  # fmt: skip
def test_what_it_lacks_is_refused_by_its_field(cron: str, reason: str) -> None:
    with pytest.raises(ValueError, match="is not a unix-cron expression") as caught:
        require_cron(cron)

    assert str(caught.value) == f"'{cron}' is not a unix-cron expression: {reason}"


def test_an_expression_of_any_length_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="five fields") as caught:
        require_cron("L " * 100_000)

    assert len(str(caught.value)) < 300


FIELD = st.text(alphabet="0123456789*/-,LWMONSU", min_size=1, max_size=5)


@given(st.tuples(FIELD, FIELD, FIELD, FIELD, FIELD))
def test_whatever_is_taken_can_be_told_when_it_is_due(fields: tuple[str, ...]) -> None:
    cron = " ".join(fields)
    try:
        require_cron(cron)
    except ValueError:
        return

    assert next(CronSim(cron, datetime(2025, 11, 15))) > datetime(2025, 11, 15)  # noqa: DTZ001
