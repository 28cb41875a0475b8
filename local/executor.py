"""`python -m local.executor`: the executor function as an instance of its own, which may be killed at any time."""

import argparse
from pathlib import Path

from functions_framework import create_app

from local.http_server import listen


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.executor", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--source", type=Path, required=True, help="the main.py with the functions")
    arguments = parser.parse_args()
    app = create_app("executor", str(arguments.source))  # type: ignore[no-untyped-call]
    listen(app, port=arguments.port).serve_forever()


if __name__ == "__main__":
    main()
