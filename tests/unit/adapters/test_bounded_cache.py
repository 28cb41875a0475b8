"""What is kept, and what has to go."""

from shared.adapters.bounded_cache import BoundedCache


def test_what_is_kept_is_found_and_what_is_not_is_not() -> None:
    kept: BoundedCache[str, int] = BoundedCache(heaviest=10)

    kept.keep("a", 1, weight=1)

    assert (kept.find("a"), kept.find("b")) == (1, None)


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept: BoundedCache[str, int] = BoundedCache(heaviest=3)
    for number, key in enumerate("abc"):
        kept.keep(key, number, weight=1)

    kept.find("a")
    kept.keep("d", 3, weight=2)

    assert [kept.find(key) for key in "abcd"] == [0, None, None, 3]


def test_a_new_value_takes_the_place_and_the_weight_of_the_old_one() -> None:
    kept: BoundedCache[str, int] = BoundedCache(heaviest=3)
    kept.keep("b", 0, weight=1)
    for number in range(5):
        kept.keep("a", number, weight=2)

    assert (kept.find("a"), kept.find("b")) == (4, 0)


def test_what_is_forgotten_leaves_its_room() -> None:
    kept: BoundedCache[str, int] = BoundedCache(heaviest=2)
    kept.keep("a", 1, weight=2)
    kept.forget("a")
    kept.forget("a")

    kept.keep("b", 2, weight=2)

    assert (kept.find("a"), kept.find("b")) == (None, 2)


def test_what_is_heavier_than_all_may_be_is_not_kept() -> None:
    kept: BoundedCache[str, int] = BoundedCache(heaviest=2)
    kept.keep("a", 1, weight=3)

    assert kept.find("a") is None
