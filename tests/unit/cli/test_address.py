"""What is typed for a pipeline and for a parameter."""

import click
import pytest

from cli.address import parse_address, parse_parameter, parse_pipeline_id
from tests.fakes.acme import CHAIN


def test_an_address_has_four_parts_between_slashes() -> None:
    assert parse_address("acme/demo/cost/chain") == CHAIN


@pytest.mark.parametrize(
    "text",
    ["", "acme", "acme/demo/cost", "acme/demo/cost/chain/x", "a/demo/cost/chain", "acme/Demo/cost/chain"],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"e\.g\. acme_corp_001/gcp/cost/export"):
        parse_address(text)


def test_a_pipeline_id_with_dashes_is_answered_with_its_address() -> None:
    with pytest.raises(click.BadParameter, match=r"Did you mean acme/demo/cost/chain\?"):
        parse_address("acme-demo-cost-chain")


@pytest.mark.parametrize("text", ["demo/cost/chain", "acme/demo/cost/chain"])
def test_a_tenants_pipeline_goes_with_or_without_the_tenant(text: str) -> None:
    assert parse_pipeline_id("acme", text) == "acme-demo-cost-chain"


@pytest.mark.parametrize("text", ["chain", "demo-cost-chain", "umbrella/demo/cost/chain"])
def test_a_pipeline_that_is_none_of_the_tenant_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="PROVIDER/DOMAIN/PIPELINE"):
        parse_pipeline_id("acme", text)


def test_a_parameters_value_is_everything_after_the_first_equals_sign() -> None:
    assert parse_parameter("filter=a=b") == ("filter", "a=b")
    assert parse_parameter("filter=") == ("filter", "")


@pytest.mark.parametrize("text", ["filter", "=x", ""])
def test_a_parameter_without_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="NAME=VALUE"):
        parse_parameter(text)
