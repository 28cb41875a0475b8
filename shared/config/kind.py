"""What a kind of problem is."""

from dataclasses import dataclass
from typing import Literal

PAGE = "docs/problems.md"
"""The page that has a section for each code."""


@dataclass(frozen=True)
class Kind:
    """What problems of one kind have in common. A warning is told and refuses nothing."""

    code: str
    title: str
    explanation: str
    severity: Literal["error", "warning"] = "error"

    @property
    def link(self) -> str:
        """Where the documentation explains it."""
        return f"{PAGE}#{self.code.lower()}"
