"""A folder that remembers what it said."""

from shared.config.recorded_folder import RecordedFolder
from tests.fakes.configs import MemoryFolder


def test_it_says_what_it_said_first() -> None:
    folder = MemoryFolder({"acme/tenant.yml": "location: US\n"})
    recorded = RecordedFolder(folder)
    first = (recorded.read("acme/tenant.yml"), recorded.read("acme/none.yml"), recorded.names("acme"))

    folder.files = {"acme/none.yml": "x"}

    assert first == ("location: US\n", None, ["tenant.yml"])
    assert (recorded.read("acme/tenant.yml"), recorded.read("acme/none.yml")) == first[:2]
    assert recorded.names("acme") == first[2]


def test_its_answers_hold_until_one_of_them_would_be_another() -> None:
    files = {"acme/tenant.yml": "location: US\n", "acme/sources/a.yml": "type: files\n"}
    recorded = RecordedFolder(MemoryFolder(files))
    recorded.read("acme/tenant.yml")
    recorded.read("acme/none.yml")
    recorded.names("acme/sources")

    others = {
        "what was not asked for": {
            **files,
            "acme/README.md": "ours",
            "acme/sources/a.yml": "type: bigquery\n",
        },
        "a text": {**files, "acme/tenant.yml": "location: EU\n"},
        "a file less": {"acme/sources/a.yml": "type: files\n"},
        "a file that was not there": {**files, "acme/none.yml": ""},
        "a name": {**files, "acme/sources/b.yml": "type: files\n"},
    }

    assert recorded.answers.are_those_of(MemoryFolder(files))
    assert [why for why, other in others.items() if recorded.answers.are_those_of(MemoryFolder(other))] == [
        "what was not asked for"
    ]


def test_its_length_is_that_of_the_texts() -> None:
    recorded = RecordedFolder(MemoryFolder({"a": "12345", "b": "678"}))
    for path in ("a", "a", "none"):
        recorded.read(path)

    assert recorded.answers.length == 5
