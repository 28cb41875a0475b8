"""The Cloud build installs what pyproject.toml asks for, in the very versions that the tests run with."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCKS = ("requirements.txt", "requirements-dev.lock")
WRITE_ANEW = "`make lock` writes it anew"


def pins(name: str) -> dict[str, Requirement]:
    """What a lock holds, by name, without the hashes."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found = [Requirement(line.partition(" --hash")[0]) for line in text.splitlines()]
    return {canonicalize_name(each.name): each for each in found}


def version(pin: Requirement | None) -> str | None:
    """The one version, e.g. `==1.2.0`; of extras the tests' lock says nothing."""
    return str(pin.specifier) if pin else None


def test_what_the_functions_need_is_locked_in_a_version_that_they_take() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = pins("requirements.txt")

    wanting = []
    for each in map(Requirement, declared):
        pin = locked.get(canonicalize_name(each.name))
        versions = [spec.version for spec in pin.specifier if spec.operator == "=="] if pin else []
        if not versions or versions[0] not in each.specifier:
            wanting.append(str(each))

    assert wanting == [], WRITE_ANEW


def test_the_functions_get_the_versions_that_the_tests_run_with() -> None:
    tested = pins("requirements-dev.lock")

    others = {
        name: pin
        for name, pin in pins("requirements.txt").items()
        if version(tested.get(name)) != version(pin)
    }

    assert others == {}, WRITE_ANEW


def test_every_package_of_the_functions_has_its_hashes() -> None:
    lines = (ROOT / "requirements.txt").read_text().replace("\\\n", " ").splitlines()

    without = [line for line in lines if not re.search(r"( +--hash=sha256:[0-9a-f]{64})+$", line)]

    assert (len(lines) > 20, without) == (True, [])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_registry(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()

    assert [line for line in lines if "://" in line or line.startswith("-")] == []
