"""The machine's clock."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Clock."""

    def now(self) -> datetime:
        """The time, to the microsecond, which is what BigQuery keeps."""
        return datetime.now(tz=UTC)

    def sleep(self, pause: timedelta) -> None:
        """Let the time pass, in this thread."""
        time.sleep(max(pause.total_seconds(), 0))
