"""Upstream's logging, switched off."""

from __future__ import annotations

import logging

import structlog


def silence_upstream() -> None:
    """Drop what upstream logs, which includes statements with their values.

    To be called before anything of upstream is imported: some of its modules log while they are imported.
    """
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
