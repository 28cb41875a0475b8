"""How hard the properties look for a difference to Google's evaluator.

Each looks at a few lists of rows in every run of the tests, at other ones each time. With AGREEMENT_EFFORT=10 they look
at ten times as many: for whoever changes a template.
"""

from __future__ import annotations

import os

EFFORT = int(os.environ.get("AGREEMENT_EFFORT", "1"))


def examples(count: int) -> int:
    """So many examples, times the effort."""
    return count * EFFORT
