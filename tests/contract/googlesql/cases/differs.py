"""What a case expects where the stand-in takes a statement and does something else than BigQuery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Differs:
    """In what it differs, in words for the reader, and what the statement gives here."""

    how: str
    here: Any
