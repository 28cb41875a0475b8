"""Our own reader up to the bytes of an upload: what is left of us where BigQuery is Google's."""

from benchmarks.peers.files import Load, time_load
from benchmarks.read_file import COLUMNS, read_file


def load(asked: Load) -> int:
    """Read, write as JSON and compress; nothing takes it."""
    return read_file(asked.file, written_as=asked.written_as, columns=COLUMNS)


if __name__ == "__main__":
    time_load(load)
