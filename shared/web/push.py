"""Pub/Sub push requests: a command inside an envelope.

Format: "Receive push messages" of the Pub/Sub documentation (cloud.google.com/pubsub/docs/push).
"""

import base64
import binascii

from flask import Request
from pydantic import BaseModel, ConfigDict

from shared.domain.command import RunStep
from shared.domain.errors import InvalidError, TransientError
from shared.domain.ids import is_run_id
from shared.domain.message import listed
from shared.domain.model import RECORDED
from shared.web.body import parse_json


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: str = ""
    messageId: str = ""  # noqa: N815 - Google's name


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: _Message


class _AnyCommand(BaseModel):
    """What every command says, whichever release wrote it."""

    model_config = ConfigDict(extra="ignore")

    command: str
    tenant_id: str
    run_id: str


def parse_push(request: Request) -> RunStep:
    """The command in the message.

    Raises InvalidError for what is none, TransientError for one that only another release can read.
    """
    envelope = parse_json(request.get_data(), _Envelope)
    try:
        raw = base64.b64decode(envelope.message.data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidError("The message's data is not base64", code="invalid_body") from error
    try:
        return parse_json(raw, RunStep, context=RECORDED)
    except InvalidError as error:
        _require_none_of_ours(raw, problems=[f"{each.pointer} {each.detail}" for each in error.problems])
        raise


def _require_none_of_ours(raw: bytes, *, problems: list[str]) -> None:
    """Raise TransientError for a command: whoever wrote it can read it, and it must not be lost."""
    try:
        command = parse_json(raw, _AnyCommand)
    except InvalidError:
        return
    if is_run_id(command.run_id):
        raise TransientError(
            f"This release can't read a command about run {command.run_id}, which another one must have written: "
            + listed(problems)
        )
