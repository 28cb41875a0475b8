"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Clock."""

    def now(self) -> datetime:
        """The time, to the microsecond, which is what BigQuery keeps."""
        return datetime.now(tz=UTC)
