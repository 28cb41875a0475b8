"""`make run`: the platform on this machine until Ctrl-C."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

from local.settings import Settings, StartError, read_settings
from local.supervisor import platform
from shared.streams import forget_closed_pipe, take_every_character

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run until told to stop; 1 with one clear message when it can't start."""
    take_every_character()
    for ending in _ENDINGS:
        signal.signal(ending, _end)
    try:
        settings = read_settings(os.environ)
        say("Starting …")
        with platform(settings, say=say):
            say(_summary(settings))
            threading.Event().wait()
    except StartError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def say(line: str) -> None:
    """Print a line. A terminal that has gone away must not stop the logs from being written."""
    try:
        print(line, flush=True)
    except OSError:
        forget_closed_pipe()


def _end(*_: int | FrameType | None) -> NoReturn:
    """Leave the block that holds the platform, once: a second Ctrl-C would cut the stopping short."""
    for ending in _ENDINGS:
        signal.signal(ending, _go_on)
    raise KeyboardInterrupt


def _go_on(*_: int | FrameType | None) -> None:
    """Take no notice of a signal."""


def _summary(settings: Settings) -> str:
    return f"""
The platform is running, project {settings.project}.

  API       {settings.api_url}
  BigQuery  http://localhost:{settings.bigquery_port}
  Pub/Sub   localhost:{settings.pubsub_port}
  Storage   http://localhost:{settings.storage_port}
  Log file  {settings.log_file}
  Data      {settings.data_dir}

In another terminal:

  source {settings.data_dir / "env"}
  curl -s $API_URL/health
  convergence tenant add my_tenant
  bq ls

A step that fails for now is tried again after 1 s to 60 s (10 s to 600 s in the cloud), and a run of which nothing was
heard for {settings.stale_after_seconds} s is continued (900 s in the cloud). Ctrl-C stops everything.
"""


if __name__ == "__main__":
    sys.exit(main())
