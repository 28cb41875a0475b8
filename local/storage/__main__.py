"""`python -m local.storage`: the Cloud Storage stand-in as a process of its own.

It ends at SIGTERM by doing nothing: what it keeps is whole at any moment.
"""

import argparse
import sys
from pathlib import Path

from local.storage.server import StorageServer


def main() -> int:
    """Serve until told to stop; 1 if the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.storage", description="Cloud Storage stand-in")
    parser.add_argument("--port", type=int, default=9023)
    parser.add_argument("--data-dir", type=Path, required=True, help="where the objects are kept")
    parser.add_argument("--owner", required=True, help="the account that may use every bucket")
    arguments = parser.parse_args()
    try:
        server = StorageServer(arguments.data_dir.resolve(), port=arguments.port, owner=arguments.owner)
    except OSError as error:
        print(f"Cloud Storage stand-in: {error}", file=sys.stderr)
        return 1
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
