"""What Google's analyzer answered before, kept on disk for every process that comes after.

An analysis depends on nothing but what was asked, and takes up to 0.2 s of processor time. So each answer is a file
whose name is a digest of the question and of the analyzer's release.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# More than a project's statements and tests have; the oldest go first.
_MOST_FILES = 20_000


class KeptAnalyses:
    """Answers by question, in a folder that processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        _forget_oldest(folder)

    def find(self, question: str) -> bytes | None:
        """The answer, if it was kept."""
        try:
            return self._path(question).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, question: str, answer: bytes) -> None:
        """Keep the answer. Whoever reads meanwhile finds it whole or not at all."""
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(answer)
        os.replace(file.name, self._path(question))

    def _path(self, question: str) -> Path:
        return self._folder / hashlib.sha256(question.encode()).hexdigest()


def _forget_oldest(folder: Path) -> None:
    files = list(os.scandir(folder))
    if len(files) <= _MOST_FILES:
        return
    for file in sorted(files, key=lambda one: one.stat().st_mtime)[: len(files) // 2]:
        Path(file.path).unlink(missing_ok=True)
