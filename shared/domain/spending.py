"""How many bytes an attempt may still bill, by each limit that there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.estimate import Estimate
from shared.domain.tenant import MINIMUM_BYTES_BILLED


@dataclass(frozen=True)
class Allowance:
    """What one limit allows and what was used of it. `remedy` says what whoever reaches it can do."""

    limit: str
    allowed: int
    used: int
    remedy: str

    @property
    def left(self) -> int:
        """What may still be billed; nothing where more than all was used."""
        return max(0, self.allowed - self.used)


def tightest(allowances: Iterable[Allowance]) -> Allowance:
    """The one of which the least is left."""
    return min(allowances, key=lambda each: each.left)


def why_too_dear(estimate: Estimate | None, allowance: Allowance) -> str | None:
    """Why a query isn't to be carried out, None where it may be.

    Of one of which nobody knows what it reads BigQuery decides, by what is left: but it takes no limit that is
    smaller than MINIMUM_BYTES_BILLED.
    """
    billed = estimate.bytes_billed if estimate is not None else None
    if (MINIMUM_BYTES_BILLED if billed is None else billed) <= allowance.left:
        return None
    asked = f"at least {MINIMUM_BYTES_BILLED:,}" if billed is None else f"{billed:,}"
    return f"the query would bill {asked} bytes and was not carried out: {left_words(allowance)}"


def left_words(allowance: Allowance) -> str:
    """What is left of a limit, and what to do about it."""
    left = f"{allowance.left:,} are left of the {allowance.allowed:,} that {allowance.limit} allows"
    return f"{left}; {allowance.remedy}"
