"""Who calls a function with an API key."""

from flask import Request

from shared.domain.tenant import Principal
from shared.ports import World
from shared.usecases.authenticate import authenticate
from shared.web.auth import api_key, client_address


def require_principal(request: Request, world: World) -> Principal:
    """The caller that the request's key belongs to. Raises what `authenticate` raises."""
    return authenticate(
        api_key(request),
        address=client_address(request),
        keys=world.keys,
        strangers=world.strangers,
        clock=world.clock,
    )
