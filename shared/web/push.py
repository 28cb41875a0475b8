"""Pub/Sub push requests: a command inside an envelope.

Format: "Receive push messages" of the Pub/Sub documentation (cloud.google.com/pubsub/docs/push).
"""

import base64
import binascii

from flask import Request
from pydantic import BaseModel, ConfigDict

from shared.domain.command import RunStep
from shared.domain.errors import InvalidError
from shared.web.body import parse_json


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: str = ""
    messageId: str = ""  # noqa: N815 - Google's name


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message: _Message


def parse_push(request: Request) -> RunStep:
    """The command in the message. Raises InvalidError for anything else."""
    envelope = parse_json(request.get_data(), _Envelope)
    try:
        raw = base64.b64decode(envelope.message.data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidError("The message's data is not base64", code="invalid_body") from error
    return parse_json(raw, RunStep)
