"""For every test."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes don't name a test: workers that collect at different seconds must see the same names (gzip has a clock)."""
    return argname if isinstance(val, bytes) else None
