"""Create or verify the metadata dataset, its tables and its views, and prove that the log can be written and read back.

    python scripts/init_metadata_tables.py

May be run again at any time. Adds nullable columns that a table lacks; refuses anything that would destroy data. Exit
status 1 then, or when BigQuery can't be reached, or when a new table doesn't keep what is written to it yet.
"""

import sys

from shared.domain.errors import ConflictError, ForbiddenError, TransientError
from shared.settings import SettingsError, read_settings
from shared.streams import take_every_character
from shared.wiring import set_up_metadata


def main() -> int:
    """Print a line for each thing that is now there; return the exit status."""
    take_every_character()
    try:
        for line in set_up_metadata(read_settings()):
            print(line, flush=True)
    except (SettingsError, ConflictError, ForbiddenError, TransientError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
