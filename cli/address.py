"""Pipelines and parameters as they are written on the command line."""

from functools import partial

import click
from pydantic import JsonValue

from shared.domain.ids import PipelineId, is_tenant_id
from shared.domain.pipeline import Address, is_segment

_ADDRESS_PARTS = 4
_PATH_PARTS = 3


def parse_address(text: str) -> Address:
    """`acme_corp_001/gcp/cost/export`. Raises BadParameter, with the slashed form of a pipeline id with dashes."""
    parts = text.split("/")
    if len(parts) == _ADDRESS_PARTS and is_tenant_id(parts[0]) and all(map(is_segment, parts[1:])):
        tenant_id, provider, domain, pipeline = parts
        return Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=pipeline)
    dashed = text.split("-")
    meant = f". Did you mean {'/'.join(dashed)}?" if len(dashed) == _ADDRESS_PARTS else ""
    raise click.BadParameter(
        f"'{text}' is not TENANT/PROVIDER/DOMAIN/PIPELINE, e.g. acme_corp_001/gcp/cost/export{meant}"
    )


def parse_pipeline_id(tenant_id: str, text: str) -> PipelineId:
    """The id of the tenant's pipeline `provider/domain/pipeline`. Raises BadParameter."""
    parts = text.removeprefix(f"{tenant_id}/").split("/")
    if len(parts) != _PATH_PARTS or not all(map(is_segment, parts)):
        raise click.BadParameter(f"'{text}' is not PROVIDER/DOMAIN/PIPELINE, e.g. gcp/cost/export")
    provider, domain, pipeline = parts
    return Address(tenant_id=tenant_id, provider=provider, domain=domain, pipeline=pipeline).pipeline_id


def parse_parameter(text: str) -> tuple[str, str]:
    """`name=value`. The value stays text; the pipeline's declaration says what it is read as."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"'{text}' is not NAME=VALUE, e.g. date_range=last_7_days")
    return name, value


def distinct_parameters(parameters: tuple[tuple[str, str], ...]) -> dict[str, JsonValue]:
    """The values by name. Raises BadParameter for a name that is given twice."""
    values: dict[str, JsonValue] = {}
    for name, value in parameters:
        if name in values:
            raise click.BadParameter(f"'{name}' is given twice", param_hint="--param")
        values[name] = value
    return values


parameters_option = partial(
    click.option,
    "--param",
    "parameters",
    metavar="NAME=VALUE",
    type=parse_parameter,
    multiple=True,
    help="A parameter of the pipeline; may be given several times.",
)
"""The option by which a command takes them."""
