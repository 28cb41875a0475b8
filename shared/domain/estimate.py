"""What a query would read and cost, before it is carried out."""

from decimal import Decimal

from shared.domain.model import Model
from shared.domain.tenant import MINIMUM_BYTES_BILLED

QUERY_TIB_USD = Decimal("6.25")
"""BigQuery's list price on demand, of US and EU in 2025, without the month's free TiB. Capacity costs otherwise."""
_MIB = 2**20
_TIB = 2**40


class Estimate(Model):
    """BigQuery's own word, by a dry run: at most so many bytes, of so many tables. None where it doesn't say."""

    bytes_processed: int | None
    table_count: int = 0

    @property
    def bytes_billed(self) -> int | None:
        """About what that is billed as on demand: whole MiB, at least 10 MiB for each table.

        Each table is rounded for itself, and BigQuery doesn't say what is read of each.
        """
        if self.bytes_processed is None:
            return None
        whole = -(-self.bytes_processed // _MIB) * _MIB
        return max(whole, MINIMUM_BYTES_BILLED * self.table_count)


def price_usd(bytes_billed: int) -> Decimal:
    """What so many bytes cost, to the hundredth of a cent."""
    return (QUERY_TIB_USD * bytes_billed / _TIB).quantize(Decimal("0.0001"))
