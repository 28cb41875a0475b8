"""A folder that remembers what it was asked and what it said: what was made of it holds as long as it says the same."""

from dataclasses import dataclass, field

from shared.config.folder import Folder
from shared.config.text import Unreadable


@dataclass(frozen=True)
class Answers:
    """The texts of files and the names in folders, by path. What is not there or can't be read is an answer too."""

    texts: dict[str, str | Unreadable | None] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)

    def are_those_of(self, folder: Folder) -> bool:
        """Whether `folder` says the same now."""
        return all(folder.read(path) == text for path, text in self.texts.items()) and all(
            folder.names(path) == names for path, names in self.names.items()
        )

    @property
    def length(self) -> int:
        """How many characters the texts have."""
        return sum(len(text) for text in self.texts.values() if isinstance(text, str))


class RecordedFolder:
    """Folder over another one. It says the same however often it is asked, so that one reading is of one moment."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.label = folder.label
        self.answers = Answers()

    def read(self, path: str) -> str | Unreadable | None:
        """The file's text, or why it can't be read, as it was when it was first asked for."""
        texts = self.answers.texts
        if path not in texts:
            texts[path] = self._folder.read(path)
        return texts[path]

    def names(self, path: str) -> list[str]:
        """The names in a folder, as they were when they were first asked for."""
        names = self.answers.names
        if path not in names:
            names[path] = self._folder.names(path)
        return names[path]
