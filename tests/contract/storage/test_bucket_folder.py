"""Configuration in a bucket: how often it is asked for, and what happens when it can't be had."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.adapters.bucket_folder import LISTED_FOR_SECONDS
from shared.config.problem import ConfigError
from shared.domain.errors import ForbiddenError, InvalidError, TransientError
from tests.contract.storage.stand_in import US, StorageStandIn
from tests.contract.storage.trees import BUCKET, PREFIX, Seconds, configs_of, put_files, tree_of
from tests.fakes.acme import CHAIN, FILES

TENANT_FILE = f"{PREFIX}acme/tenant.yml"


def test_a_recipe_takes_one_listing_and_each_file_once(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    configs = configs_of(tree_of())

    first, second = configs.load_recipe(CHAIN), configs.load_recipe(CHAIN)

    of_acme = {PREFIX + path for path in FILES if path.startswith("acme/")}
    assert first == second
    assert stored.listings == [f"{PREFIX}acme/"]
    assert sorted(stored.downloads) == sorted(of_acme - {f"{PREFIX}acme/pipelines/demo/cost/graph.yml"})


def test_secrets_and_files_are_never_downloaded(stored: StorageStandIn) -> None:
    put_files(stored, {**FILES, "acme/secrets/key.txt": "hunter2", "acme/files/charges.csv": "a\n"})
    folder = tree_of().look()

    assert folder.read("acme/secrets/key.txt") is None
    assert folder.read("acme/files/charges.csv") is None
    assert folder.names("acme") == ["dq_rules", "pipelines", "sources", "tenant.yml", "transforms"]
    assert stored.downloads == []


def test_an_edit_counts_after_a_minute_and_only_what_was_edited_is_downloaded(
    stored: StorageStandIn,
) -> None:
    put_files(stored, FILES)
    seconds = Seconds()
    configs = configs_of(tree_of(seconds=seconds))
    configs.load_recipe(CHAIN)
    stored.put(BUCKET, TENANT_FILE, "display_name: Acme 2\n")

    before = configs.load_recipe(CHAIN).tenant.display_name
    seconds.now += LISTED_FOR_SECONDS
    after = configs.load_recipe(CHAIN).tenant.display_name

    assert (before, after) == ("Acme", "Acme 2")
    assert stored.downloads == [TENANT_FILE]


def test_what_is_replaced_between_listing_and_reading_is_listed_again(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    tree = tree_of()
    tree.listing("acme")
    stored.put(BUCKET, TENANT_FILE, "display_name: Acme 2\n")

    tenant = configs_of(tree).load_tenant("acme")

    assert tenant.display_name == "Acme 2"
    assert stored.listings == [f"{PREFIX}acme/"]


def test_what_is_replaced_again_and_again_is_left_for_later(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    stored.is_replaced = lambda path: "/download/" in path

    with pytest.raises(TransientError, match=r"^gs://.*/acme/tenant\.yml is being changed$"):
        configs_of(tree_of()).load_tenant("acme")

    assert len(stored.listings) == 2


def test_a_file_at_the_root_is_read_like_any_other(stored: StorageStandIn) -> None:
    put_files(stored, {"schedules.json": "[]", "acme/tenant.yml": ""})
    folder = tree_of().look()

    assert folder.read("schedules.json") == "[]"
    assert folder.read("none.json") is None
    assert folder.names("") == ["acme", "schedules.json"]


def test_folders_made_in_the_console_are_no_files(stored: StorageStandIn) -> None:
    put_files(stored, {"acme/": "", "acme/sources/": "", "acme/tenant.yml": "x"})

    assert tree_of().look().names("acme") == ["tenant.yml"]


def test_a_file_that_is_not_utf_8_is_told_with_its_place(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    stored.put(BUCKET, "live/configs/acme/dq_rules/quality.yml", b"# caf\xe9\nrules: []\n")

    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            configs_of(tree_of()).load_recipe(CHAIN)

    assert [problem.pointer for problem in caught.value.problems] == [
        f"gs://{BUCKET}/live/configs/acme/dq_rules/quality.yml:1:6"
    ]


def test_a_file_that_is_too_long_is_not_downloaded(stored: StorageStandIn) -> None:
    stored.put(BUCKET, TENANT_FILE, b"#" * 4_000_001)

    with pytest.raises(InvalidError, match=r"/acme/tenant\.yml:1:1: is longer than 1,000,000 characters$"):
        configs_of(tree_of()).load_tenant("acme")

    assert stored.downloads == []


def test_a_bucket_that_may_not_be_read_is_a_refusal(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    stored.readers[BUCKET] = {"somebody else"}

    with pytest.raises(ForbiddenError, match=f"^Google refused to list gs://{BUCKET}/live/configs/acme$"):
        configs_of(tree_of()).load_tenant("acme")

    assert US not in stored.readers[BUCKET]


def test_a_bucket_that_is_not_there_is_left_for_later(stored: StorageStandIn) -> None:
    with pytest.raises(TransientError, match=r"^Could not list gs://"):
        configs_of(tree_of()).load_tenant("acme")


def test_an_error_that_passes_is_not_noticed(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    stored.fail_with = [503]

    assert configs_of(tree_of()).load_tenant("acme").display_name == "Acme"


def test_a_storage_that_does_not_answer_is_left_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{taken.getsockname()[1]}")

        with pytest.raises(TransientError, match=r"^Could not list gs://"):
            configs_of(tree_of(patience_seconds=0.2)).load_tenant("acme")


def test_threads_share_what_was_read(stored: StorageStandIn) -> None:
    put_files(stored, FILES)
    configs = configs_of(tree_of())
    expected = configs.load_recipe(CHAIN)
    stored.forget_requests()

    with ThreadPoolExecutor(8) as pool:
        recipes = list(pool.map(lambda _: configs.load_recipe(CHAIN), range(40)))

    assert recipes == [expected] * 40
    assert (stored.listings, stored.downloads) == ([], [])
