"""Pipelines by name, with a word about the one that was probably meant."""

from cli.installation import Installation
from shared.adapters.folder_configs import DiskFolder
from shared.config.tenant_folder import addresses
from shared.domain.errors import NotFoundError
from shared.domain.message import nearest
from shared.domain.pipeline import Address


def not_found(error: NotFoundError, address: Address, *, installation: Installation) -> NotFoundError:
    """The error with what was asked for, and what was probably meant."""
    known = [each.text for each in addresses(DiskFolder(installation.configs_dir), address.tenant_id)]
    meant = nearest(address.text, known)
    hint = f". Did you mean {meant}?" if meant else ""
    return NotFoundError(f"{error}: {address.text}{hint}")
