"""The calls of google.pubsub.v1.Subscriber, but for Pull and what settles it."""

from google.pubsub_v1 import types

from local.pubsub.catalog import Catalog
from local.pubsub.names import require_name, require_project
from local.pubsub.pages import page
from local.pubsub.policy import with_defaults
from local.pubsub.push import Pusher
from local.pubsub.rejection import invalid

_CHANGEABLE = (
    "push_config",
    "ack_deadline_seconds",
    "retry_policy",
    "dead_letter_policy",
    "message_retention_duration",
    "expiration_policy",
    "labels",
)


class SubscriberCalls:
    """One method a call; each takes the request and returns the answer or raises RejectedError."""

    def __init__(self, catalog: Catalog, pusher: Pusher) -> None:
        self._catalog = catalog
        self._pusher = pusher

    def create_subscription(self, subscription: types.Subscription) -> types.Subscription:
        require_name(subscription.name, collection="subscriptions")
        require_name(subscription.topic, collection="topics")
        kept = _accept(subscription)
        self._catalog.create_subscription(kept)
        return kept

    def get_subscription(self, request: types.GetSubscriptionRequest) -> types.Subscription:
        return self._require(request.subscription)

    def list_subscriptions(self, request: types.ListSubscriptionsRequest) -> types.ListSubscriptionsResponse:
        prefix = require_project(request.project) + "/"
        all_of_project = [one for one in self._catalog.read_subscriptions() if one.name.startswith(prefix)]
        shown, token = page(all_of_project, page_size=request.page_size, page_token=request.page_token)
        return types.ListSubscriptionsResponse(subscriptions=shown, next_page_token=token)

    def update_subscription(self, request: types.UpdateSubscriptionRequest) -> types.Subscription:
        """Change the fields that the mask names, whole top-level fields only."""
        kept = self._require(request.subscription.name)
        paths = list(request.update_mask.paths)
        if not paths:
            raise invalid("The update_mask in the UpdateSubscriptionRequest has to name at least one field.")
        for path in paths:
            if path not in _CHANGEABLE:
                raise invalid(f"Invalid update_mask provided: {path} is not one of {', '.join(_CHANGEABLE)}.")
        wanted, changed = types.Subscription.pb(request.subscription), types.Subscription.pb(kept)
        request.update_mask.MergeMessage(
            wanted, changed, replace_message_field=True, replace_repeated_field=True
        )
        return self._replace(types.Subscription.wrap(changed))

    def modify_push_config(self, request: types.ModifyPushConfigRequest) -> None:
        kept = self._require(request.subscription)
        kept.push_config = request.push_config
        self._replace(kept)

    def delete_subscription(self, request: types.DeleteSubscriptionRequest) -> None:
        self._catalog.delete_subscription(require_name(request.subscription, collection="subscriptions"))

    def _require(self, name: str) -> types.Subscription:
        return self._catalog.require_subscription(require_name(name, collection="subscriptions"))

    def _replace(self, subscription: types.Subscription) -> types.Subscription:
        kept = _accept(subscription)
        self._catalog.replace_subscription(kept)
        self._pusher.wake()
        return kept


def _accept(subscription: types.Subscription) -> types.Subscription:
    endpoint = subscription.push_config.push_endpoint
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise invalid(
            f"Invalid push endpoint given (endpoint={endpoint}), it has to start with http:// or https://."
        )
    if "dead_letter_policy" in subscription:
        require_name(subscription.dead_letter_policy.dead_letter_topic, collection="topics")
    return with_defaults(subscription)
