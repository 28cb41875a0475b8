"""`python -m tests.contract.bigquery.dbt_install`: make dbt's environment, if there is a package registry to ask."""

import os
import sys
from pathlib import Path

from tests.contract.bundle.install import environment_of, python_with

REQUIREMENTS = Path(__file__).parent / "dbt" / "requirements.txt"


def python() -> Path:
    """The environment's Python."""
    return environment_of(REQUIREMENTS, name="dbt") / "bin" / "python"


def is_installed() -> bool:
    """Whether it was made completely."""
    return (environment_of(REQUIREMENTS, name="dbt") / "ready").exists()


if __name__ == "__main__":
    if not is_installed():
        print("Making dbt's environment, once; a minute or two")
        # Whoever has no registry is not to wait for it.
        os.environ |= {"PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "10"}
    try:
        python_with(REQUIREMENTS, name="dbt")
    except AssertionError:
        print("dbt can't be installed here: going on without its test.", file=sys.stderr)
