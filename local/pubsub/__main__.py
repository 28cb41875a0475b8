"""`python -m local.pubsub --port 8085 --data-dir DIR`: the Pub/Sub stand-in until it is told to stop."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from local.pubsub.server import PubSubServer

_LOOK_SECONDS = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.pubsub", description="Pub/Sub stand-in")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--data-dir", type=Path, required=True)
    arguments = parser.parse_args()
    stopping = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stopping.set())
    try:
        server = PubSubServer(arguments.data_dir, port=arguments.port)
    except OSError as error:
        print(f"Pub/Sub stand-in: {error}", file=sys.stderr)
        return 1
    print(f"Pub/Sub stand-in on localhost:{server.port}", flush=True)
    # Better to end and be started again than to take messages that nobody delivers.
    while server.is_delivering() and not stopping.wait(_LOOK_SECONDS):
        continue
    server.stop()
    return 0 if stopping.is_set() else 1


if __name__ == "__main__":
    sys.exit(main())
