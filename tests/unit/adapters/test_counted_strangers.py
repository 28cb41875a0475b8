"""Wrong keys by address."""

import json
from datetime import timedelta

import pytest

from shared.adapters.counted_strangers import CountedStrangers
from tests.fakes.clock import SetClock


def test_after_twenty_wrong_keys_an_address_waits_for_the_rest_of_the_minute() -> None:
    clock = SetClock()
    strangers = CountedStrangers(clock)

    for _ in range(20):
        assert strangers.wait_seconds("192.0.2.1") is None
        strangers.count("192.0.2.1")
        clock.advance(timedelta(seconds=2))

    assert strangers.wait_seconds("192.0.2.1") == 20
    assert strangers.wait_seconds("192.0.2.2") is None
    clock.advance(timedelta(seconds=19.5))
    assert strangers.wait_seconds("192.0.2.1") == 1
    clock.advance(timedelta(seconds=0.5))
    assert strangers.wait_seconds("192.0.2.1") is None


def test_nineteen_a_minute_go_on_for_ever() -> None:
    clock = SetClock()
    strangers = CountedStrangers(clock)

    for _ in range(10):
        for _ in range(19):
            strangers.count("192.0.2.1")
        assert strangers.wait_seconds("192.0.2.1") is None
        clock.advance(timedelta(minutes=1))


def test_no_more_addresses_are_kept_than_there_is_room_for() -> None:
    strangers = CountedStrangers(SetClock(), most_addresses=100)
    for _ in range(20):
        strangers.count("192.0.2.1")

    for number in range(99):
        strangers.count(f"198.51.100.{number}")
    assert strangers.wait_seconds("192.0.2.1") == 60
    for number in range(100):
        strangers.count(f"203.0.113.{number}")

    assert strangers.wait_seconds("192.0.2.1") is None


def test_an_address_is_named_once_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    strangers = CountedStrangers(SetClock())

    for _ in range(50):
        strangers.count("192.0.2.1")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["action"], line["severity"], line["address"], line["count"]) for line in lines] == [
        ("wrong_keys", "WARNING", "192.0.2.1", 20)
    ]
