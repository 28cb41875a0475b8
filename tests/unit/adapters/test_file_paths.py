"""Which files a tenant may read."""

from pathlib import Path

import pytest

from shared.adapters.disk_files import DiskFiles
from shared.domain.errors import StepError
from tests.unit.adapters.conftest import Put, Read


def test_files_of_a_pattern_are_read_in_the_order_of_their_names(read: Read, put: Put) -> None:
    for name in ("2.csv", "10.csv", "1.csv"):
        put(name, f"a\n{name}\n".encode())
    put("1.txt", b"a\nno\n")

    assert [row["a"] for row in read("files/*.csv")] == ["1.csv", "10.csv", "2.csv"]


def test_exports_outside_may_be_read_where_the_platform_allows_it(read: Read, configs: Path) -> None:
    path = str(configs.parent / "exports/day.csv")

    assert read(path, exports=True) == [{"a": "1"}]
    assert read(str(configs.parent / "exports/*.csv"), exports=True) == [{"a": "1"}]


@pytest.mark.parametrize("exports", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        "files/none.csv",
        "files",
        "files/*.csv",
        "../umbrella/files/theirs.csv",
        "../umbrella/files/*.csv",
        "../*/files/theirs.csv",
        "files/../../umbrella/files/theirs.csv",
        "secrets/key.txt",
        "secrets/*",
        "files/../secrets/key.txt",
        "../../outside.csv",
        "{root}/outside.csv",
        "{root}/configs/umbrella/files/theirs.csv",
        "{root}/exports/../outside.csv",
        "/etc/passwd",
        "files/link.csv",
        "files/link_to_secret.csv",
        "linked/theirs.csv",
    ],
)
def test_whatever_a_tenant_may_not_read_looks_like_nothing_at_all(
    read: Read, configs: Path, path: str, exports: bool
) -> None:
    own = configs / "acme"
    if "link" in path:
        (own / "files/link.csv").symlink_to(configs.parent / "outside.csv")
        (own / "files/link_to_secret.csv").symlink_to(own / "secrets/key.txt")
        (own / "linked").symlink_to(configs / "umbrella/files")
    path = path.format(root=configs.parent)

    with pytest.raises(StepError) as caught:
        read(path, exports=exports)

    assert str(caught.value) == f"No file matches '{path}'"


def test_another_tenants_folder_stays_closed_even_where_all_of_its_surroundings_are_open(
    configs: Path,
) -> None:
    files = DiskFiles(configs, configs.parent)

    with pytest.raises(StepError, match="No file matches"):
        list(files.find("acme", "../umbrella/files/theirs.csv"))
