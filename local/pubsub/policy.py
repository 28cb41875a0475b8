"""What a subscription's settings mean: defaults, limits, back-off. Pure.

Defaults and ranges are those of google/pubsub/v1/pubsub.proto.
"""

from datetime import timedelta

from google.pubsub_v1 import types

from local.pubsub.rejection import invalid, unsupported

_DEFAULT_ACK_DEADLINE_SECONDS = 10
_ACK_DEADLINE_SECONDS = range(10, 601)
_DEFAULT_MAX_ATTEMPTS = 5
_MAX_ATTEMPTS = range(5, 101)
_DEFAULT_MINIMUM_BACKOFF = timedelta(seconds=10)
_DEFAULT_MAXIMUM_BACKOFF = timedelta(seconds=600)
_LONGEST_BACKOFF = timedelta(seconds=600)
_DEFAULT_RETENTION = timedelta(days=7)
# Without a retry policy Google delivers again "as soon as possible"; a pause keeps a broken endpoint from
# taking all of a laptop.
_ASAP_SECONDS = 0.1

_UNSUPPORTED = {
    "filter": "subscription filters",
    "enable_exactly_once_delivery": "exactly-once delivery",
    "enable_message_ordering": "message ordering",
    "detached": "detached subscriptions",
    "bigquery_config": "BigQuery subscriptions",
    "cloud_storage_config": "Cloud Storage subscriptions",
    "message_transforms": "message transforms",
}


def with_defaults(subscription: types.Subscription) -> types.Subscription:
    """Return the subscription as it will be kept: defaults filled in; raises for values Google refuses."""
    _require_supported(subscription)
    kept = types.Subscription(subscription)
    kept.ack_deadline_seconds = kept.ack_deadline_seconds or _DEFAULT_ACK_DEADLINE_SECONDS
    if kept.ack_deadline_seconds not in _ACK_DEADLINE_SECONDS:
        raise invalid(
            f"Invalid ack deadline given (ack_deadline_secs={kept.ack_deadline_seconds}), it has to be 10 to 600."
        )
    if "message_retention_duration" not in kept:
        kept.message_retention_duration = _DEFAULT_RETENTION
    if "retry_policy" in kept:
        kept.retry_policy = _retry_policy(kept.retry_policy)
    if "dead_letter_policy" in kept:
        kept.dead_letter_policy = _dead_letter_policy(kept.dead_letter_policy)
    kept.state = types.Subscription.State(types.Subscription.State.ACTIVE)
    return kept


def backoff_seconds(subscription: types.Subscription, attempt: int) -> float:
    """How long to wait after the `attempt`th delivery was refused: doubled from the minimum up to the maximum."""
    if "retry_policy" not in subscription:
        return _ASAP_SECONDS
    minimum: float = subscription.retry_policy.minimum_backoff.total_seconds()
    maximum: float = subscription.retry_policy.maximum_backoff.total_seconds()
    # Capped before it is computed: 2 to the power of a large attempt is no float.
    return min(maximum, max(minimum, _ASAP_SECONDS) * 2.0 ** min(attempt - 1, 30))


def max_attempts(subscription: types.Subscription) -> int:
    """Deliveries before the dead-letter topic gets the message; 0 is no limit."""
    limit: int = subscription.dead_letter_policy.max_delivery_attempts
    return limit if subscription.dead_letter_policy.dead_letter_topic else 0


def _require_supported(subscription: types.Subscription) -> None:
    for field, feature in _UNSUPPORTED.items():
        if getattr(subscription, field):
            raise unsupported(feature)
    if "no_wrapper" in subscription.push_config:
        raise unsupported("unwrapped push payloads")


def _retry_policy(policy: types.RetryPolicy) -> types.RetryPolicy:
    minimum = policy.minimum_backoff if "minimum_backoff" in policy else _DEFAULT_MINIMUM_BACKOFF
    maximum = policy.maximum_backoff if "maximum_backoff" in policy else _DEFAULT_MAXIMUM_BACKOFF
    if not timedelta(0) <= minimum <= maximum <= _LONGEST_BACKOFF:
        raise invalid(
            "Invalid retry policy: 0 s <= minimum_backoff <= maximum_backoff <= 600 s has to hold "
            f"(minimum_backoff={minimum.total_seconds():g}s, maximum_backoff={maximum.total_seconds():g}s)."
        )
    return types.RetryPolicy(minimum_backoff=minimum, maximum_backoff=maximum)


def _dead_letter_policy(policy: types.DeadLetterPolicy) -> types.DeadLetterPolicy:
    limit = policy.max_delivery_attempts or _DEFAULT_MAX_ATTEMPTS
    if limit not in _MAX_ATTEMPTS:
        raise invalid(f"Invalid max_delivery_attempts given ({limit}), it has to be 5 to 100.")
    return types.DeadLetterPolicy(dead_letter_topic=policy.dead_letter_topic, max_delivery_attempts=limit)
