"""A process without packages that are installed for those who develop and have no place in the functions' archive."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder


class _Without(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """None for every module but those, for which it raises ModuleNotFoundError."""
        if name in self._names:
            raise ModuleNotFoundError(f"{name} is not used here", name=name)
        return


def do_without(*names: str) -> None:
    """Have this process, and its forks, find none of these packages.

    None among `sys.modules` would be quicker, but Arrow takes that for a pandas without a version.
    """
    sys.meta_path.insert(0, _Without(names))
