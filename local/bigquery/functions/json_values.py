"""x"""
from __future__ import annotations
from typing import Any
SCALARS: dict[str, Any] = {}
AGGREGATES: dict[str, Any] = {}
WINDOWS: dict[str, Any] = {}
