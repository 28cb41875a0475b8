"""`python -m local.reconciler`: the reconciler function, and the clock that calls it over HTTP.

In the cloud that clock is Cloud Scheduler.
"""

import argparse
import http.client
import sys
import threading
from pathlib import Path

from functions_framework import create_app

from local.http_server import listen

_ANSWER_SECONDS = 600.0


def call_every(seconds: float, *, port: int, stopping: threading.Event) -> None:
    """POST to the port's function, `seconds` after its last answer, whatever that was, until told to stop."""
    while not stopping.wait(seconds):
        call(port)


def call(port: int) -> int | None:
    """The status of one call; None, and a line on standard error, where there was no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("POST", "/", headers={"User-Agent": "Google-Cloud-Scheduler"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        print(f"The reconciler did not answer: {error}", file=sys.stderr, flush=True)
        return None
    finally:
        connection.close()
    return answer.status


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.reconciler", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--source", type=Path, required=True, help="the main.py with the functions")
    parser.add_argument("--every", type=float, required=True, help="seconds between two calls")
    arguments = parser.parse_args()
    app = create_app("reconciler", str(arguments.source))  # type: ignore[no-untyped-call]
    server = listen(app, port=arguments.port)
    clock = threading.Thread(
        target=call_every,
        args=(arguments.every,),
        kwargs={"port": arguments.port, "stopping": threading.Event()},
        daemon=True,
    )
    clock.start()
    server.serve_forever()


if __name__ == "__main__":
    main()
