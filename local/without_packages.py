"""A process without packages that are installed for those who develop and have no place in the functions' archive."""

import sys


def do_without(*names: str) -> None:
    """Have this process, and its forks, find none of these packages.

    To import one raises ModuleNotFoundError, and at once: what has a place among the loaded modules is not looked for
    (the language's reference, 5.3.1).
    """
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]  # as it is documented
