"""Resource names: `projects/P/topics/T` and `projects/P/subscriptions/S`."""

import re

from local.pubsub.rejection import invalid

# https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
_RESOURCE_ID = re.compile(r"(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}")
_PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-.:_]*")

DELETED_TOPIC = "_deleted-topic_"


def require_name(name: str, *, collection: str) -> str:
    """Return the name when it is a well-formed name in `collection` (`topics` or `subscriptions`), else raise."""
    parts = name.split("/")
    well_formed = len(parts) == 4 and (parts[0], parts[2]) == ("projects", collection)
    if well_formed and _PROJECT_ID.fullmatch(parts[1]) and _RESOURCE_ID.fullmatch(parts[3]):
        return name
    raise invalid(
        f"Invalid [{collection}] name: (name={name}); a name is projects/PROJECT/{collection}/ID and an ID has "
        "3 to 255 letters, digits or -_.~+%, starts with a letter and not with goog."
    )


def require_project(name: str) -> str:
    """Return the name when it is `projects/P`, else raise."""
    parts = name.split("/")
    if len(parts) == 2 and parts[0] == "projects" and _PROJECT_ID.fullmatch(parts[1]):
        return name
    raise invalid(f"Invalid project name: (name={name}); it has to be projects/PROJECT.")


def project_and_id(name: str) -> tuple[str, str]:
    """Take `projects/P/subscriptions/S` apart into `P` and `S`."""
    _, project, _, resource_id = name.split("/")
    return project, resource_id
