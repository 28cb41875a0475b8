"""`convergence key`: API keys. A key is shown once and only its hash is kept."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from cli.installation import Installation
from cli.known_tenants import require_onboarded, require_tenant_id
from cli.screen import build_table, open_console, plural, time_words
from shared.domain.api_key import ApiKey, generate_key, hash_key
from shared.domain.errors import InvalidError, NotFoundError

_PREFIX_LENGTH = 8
_LAST_LENGTH = 4
_DAYS_BY_UNIT = {"h": 1 / 24, "d": 1, "w": 7}


@click.group()
def key() -> None:
    """Create, list and revoke API keys."""


def parse_lifetime(text: str) -> timedelta:
    """`12h`, `90d` or `52w`."""
    match = re.fullmatch(r"([1-9]\d{0,3})([hdw])", text)
    if match is None:
        raise click.BadParameter("must be a time such as 12h, 90d or 52w")
    return timedelta(days=int(match[1]) * _DAYS_BY_UNIT[match[2]])


@key.command("create")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--description", help="What the key is for.")
@click.option(
    "--expires-in", type=parse_lifetime, metavar="TIME", help="E.g. 12h, 90d or 52w; never if left out."
)
@click.option("--quiet", "-q", is_flag=True, help="Print the key and nothing else.")
@click.pass_obj
def create_key(
    installation: Installation,
    *,
    tenant_id: str,
    description: str | None,
    expires_in: timedelta | None,
    quiet: bool,
) -> None:
    """Create an API key and print it, once.

    \b
    Examples:
      convergence key create acme_corp_001 --description "nightly export" --expires-in 90d
      KEY=$(convergence key create acme_corp_001 --quiet)
    """
    world = installation.world
    require_onboarded(tenant_id, tables=world.tables, configs=world.configs)
    secret = generate_key()
    now = world.clock.now()
    kept = ApiKey(
        api_key_hash=hash_key(secret),
        tenant_id=tenant_id,
        description=description,
        last4=secret[-_LAST_LENGTH:],
        is_active=True,
        created_at=now,
        created_by=installation.user,
        expires_at=now + expires_in if expires_in else None,
    )
    world.keys.insert(kept)
    click.echo(secret)
    if not quiet:
        until = f"until {time_words(kept.expires_at)}" if kept.expires_at else "until it is revoked"
        click.echo(
            f"This is the only time the key is shown; only its hash is kept.\n"
            f"It opens tenant {tenant_id} as the header X-API-Key, {until}:\n"
            f"  convergence key revoke {tenant_id} {_prefix(kept)}",
            err=True,
        )


@key.command("list")
@click.argument("tenant_id", metavar="TENANT")
@click.pass_obj
def list_keys(installation: Installation, tenant_id: str) -> None:
    """List a tenant's keys, newest first, by the beginning of their hash."""
    world = installation.world
    require_onboarded(tenant_id, tables=world.tables, configs=world.configs)
    found = world.keys.list_keys(tenant_id)
    if not found:
        click.echo(f"Tenant {tenant_id} has no keys. Create one: convergence key create {tenant_id}")
        return
    now = world.clock.now()
    columns = ("HASH", "LAST 4", "IS", "CREATED", "BY", "EXPIRES", "DESCRIPTION")
    open_console().print(build_table(columns, [_row(each, now) for each in found]))


@key.command("revoke", context_settings={"ignore_unknown_options": True})
@click.argument("tenant_id", metavar="TENANT")
@click.argument("words", metavar="HASH_OR_LAST4...", nargs=-1, required=True)
@click.pass_obj
def revoke_keys(installation: Installation, tenant_id: str, words: tuple[str, ...]) -> None:
    """Revoke keys, each named by at least 8 characters of its hash or by its last 4 characters.

    A revoked key stops working within a minute. May be run again: a key that is revoked already stays so.

    \b
    Example:
      convergence key revoke acme_corp_001 3fb1c0de
    """
    require_tenant_id(tenant_id)
    world = installation.world
    known = world.keys.list_keys(tenant_id)
    hashes = dict.fromkeys(_require_hash(word, known, tenant_id=tenant_id) for word in words)
    revoked = 0
    for api_key_hash in hashes:
        # A hash may stand in several rows where keys were inserted by hand.
        count = world.keys.revoke(tenant_id, api_key_hash)
        revoked += bool(count)
        click.echo(f"{api_key_hash[:_PREFIX_LENGTH]}  {'revoked' if count else 'was already revoked'}")
    if revoked:
        click.echo(f"{plural(revoked, 'key')} revoked; a revoked key stops working within a minute.")


def _require_hash(word: str, known: Sequence[ApiKey], *, tenant_id: str) -> str:
    """The hash of the one key that is meant."""
    if len(word) == _LAST_LENGTH:
        found = {each.api_key_hash for each in known if each.last4 == word}
    elif len(word) >= _PREFIX_LENGTH:
        found = {each.api_key_hash for each in known if each.api_key_hash.startswith(word.lower())}
    else:
        raise InvalidError(
            f"'{word}' is neither 8 or more characters of a key's hash nor its last 4 characters"
        )
    if not found:
        raise NotFoundError(
            f"No key of {tenant_id} goes by '{word}'. List them: convergence key list {tenant_id}"
        )
    if len(found) > 1:
        raise InvalidError(f"{plural(len(found), 'key')} of {tenant_id} go by '{word}'; say more of the hash")
    return found.pop()


def _row(each: ApiKey, now: datetime) -> tuple[str, ...]:
    return (
        _prefix(each),
        each.last4 or "",
        _validity(each, now),
        time_words(each.created_at),
        each.created_by or "",
        time_words(each.expires_at),
        each.description or "",
    )


def _prefix(each: ApiKey) -> str:
    return each.api_key_hash[:_PREFIX_LENGTH]


def _validity(each: ApiKey, now: datetime) -> str:
    if not each.is_active:
        return "revoked"
    return "active" if each.expires_at is None or now < each.expires_at else "expired"
