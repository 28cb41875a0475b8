"""`convergence key`."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.api_key import ApiKey, hash_key
from tests.fakes.acme import KEY, TENANT, key_of
from tests.fakes.clock import NOON, SetClock
from tests.fakes.keys import MemoryKeys
from tests.unit.cli.command_line import USER, command_line


def test_a_created_key_is_printed_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    line = command_line(tmp_path, keys=MemoryKeys())

    result = line.run("key", "create", TENANT, "--description", "nightly", "--expires-in", "90d")

    secret = result.stdout.strip()
    assert line.world.keys.rows == [
        ApiKey(
            api_key_hash=hash_key(secret),
            tenant_id=TENANT,
            description="nightly",
            last4=secret[-4:],
            is_active=True,
            created_at=NOON,
            created_by=USER,
            expires_at=NOON + timedelta(days=90),
        )
    ]
    assert secret.startswith("cdp_")
    assert "only time" in result.stderr
    assert secret not in result.stderr


def test_a_quiet_creation_prints_the_key_and_nothing_else(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("key", "create", TENANT, "--quiet")

    assert len(result.stdout.split()) == 1
    assert result.stderr == ""


def test_a_tenant_without_a_dataset_gets_no_key(tmp_path: Path) -> None:
    files = {"globex/tenant.yml": "display_name: Globex\n"}
    line = command_line(tmp_path, files=files, keys=MemoryKeys())

    with_folder, unknown = line.run("key", "create", "globex"), line.run("key", "create", "globx")

    assert (with_folder.exit_code, unknown.exit_code) == (1, 1)
    assert "convergence tenant add globex" in with_folder.stderr
    assert unknown.stderr == "Error: There is no tenant 'globx'. Did you mean 'globex'?\n"
    assert line.world.keys.rows == []


@pytest.mark.parametrize("time", ["90", "d", "0d", "-1d", "99999d", "1y"])
def test_a_lifetime_that_is_none_is_a_usage_error(tmp_path: Path, time: str) -> None:
    result = command_line(tmp_path).run("key", "create", TENANT, "--expires-in", time)

    assert result.exit_code == 2
    assert "such as 12h, 90d or 52w" in result.stderr


def test_the_list_tells_active_expired_and_revoked_keys_apart(tmp_path: Path) -> None:
    active = key_of(TENANT, "aaaa")
    expired = key_of(TENANT, "bbbb").model_copy(update={"expires_at": NOON})
    revoked = key_of(TENANT, "cccc").model_copy(update={"is_active": False})
    line = command_line(tmp_path, keys=MemoryKeys(active, expired, revoked), clock=SetClock(NOON))

    result = line.run("key", "list", TENANT)

    rows = [row.split()[:3] for row in result.stdout.splitlines() if row.strip()]
    assert rows[2:] == [
        [revoked.api_key_hash[:8], "cccc", "revoked"],
        [expired.api_key_hash[:8], "bbbb", "expired"],
        [active.api_key_hash[:8], "aaaa", "active"],
    ]
    assert active.api_key_hash not in result.stdout


@pytest.mark.parametrize("word", [hash_key(KEY)[:8], hash_key(KEY), hash_key(KEY)[:9].upper(), KEY[-4:]])
def test_a_key_is_revoked_by_its_hash_or_its_last_characters(tmp_path: Path, word: str) -> None:
    line = command_line(tmp_path)

    result = line.run("key", "revoke", TENANT, word)

    assert result.exit_code == 0
    assert "1 key revoked; a revoked key stops working within a minute." in result.stdout
    assert [key.is_active for key in line.world.keys.rows if key.tenant_id == TENANT] == [False]


def test_revoking_again_says_that_it_was_revoked_already(tmp_path: Path) -> None:
    line = command_line(tmp_path)
    line.run("key", "revoke", TENANT, KEY[-4:])

    result = line.run("key", "revoke", TENANT, KEY[-4:])

    assert (result.exit_code, result.stdout) == (0, f"{hash_key(KEY)[:8]}  was already revoked\n")


@pytest.mark.parametrize("last4", ["-Qab", "--ab", "-1_-"])
def test_a_key_of_before_may_end_in_what_looks_like_an_option(tmp_path: Path, last4: str) -> None:
    line = command_line(tmp_path, keys=MemoryKeys(key_of(TENANT, f"cdp_{last4}")))

    result = line.run("key", "revoke", TENANT, last4)

    assert (result.exit_code, [key.is_active for key in line.world.keys.rows]) == (0, [False])


def test_another_tenants_key_is_not_found(tmp_path: Path) -> None:
    line = command_line(tmp_path)

    result = line.run("key", "revoke", "umbrella", hash_key(KEY))

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No key of umbrella goes by")
    assert all(key.is_active for key in line.world.keys.rows)


def test_a_word_that_fits_two_keys_revokes_neither(tmp_path: Path) -> None:
    keys = MemoryKeys(key_of(TENANT, "one_same"), key_of(TENANT, "two_same"), key_of(TENANT, KEY))
    line = command_line(tmp_path, keys=keys)

    result = line.run("key", "revoke", TENANT, KEY[-4:], "same")

    assert result.exit_code == 1
    assert result.stderr == "Error: 2 keys of acme go by 'same'; say more of the hash\n"
    assert all(key.is_active for key in keys.rows)


def test_a_word_that_is_too_short_to_mean_one_key_is_refused(tmp_path: Path) -> None:
    result = command_line(tmp_path).run("key", "revoke", TENANT, "abc")

    assert result.exit_code == 1
    assert "8 or more characters of a key's hash" in result.stderr
