"""`python -m local.bigquery`: the BigQuery stand-in as a process of its own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Serve until told to stop; 1 if the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m local.bigquery", description=__doc__)
    parser.add_argument("--port", type=int, default=9050, help="REST port on 127.0.0.1")
    parser.add_argument("--data-dir", type=Path, required=True, help="where tables and jobs are kept")
    parser.add_argument("--project", required=True, help="the project id of requests that name none")
    parser.add_argument("--storage", help="Cloud Storage's address; without it, gs:// is refused")
    arguments = parser.parse_args()

    # Imported here, because --help need not wait for it.
    from local.bigquery.server import PortInUseError, serve

    try:
        serve(
            port=arguments.port,
            data_dir=arguments.data_dir,
            project=arguments.project,
            storage_url=arguments.storage,
        )
    except PortInUseError as error:
        print(f"bigquery: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
