"""The client for programs that use asyncio."""

from __future__ import annotations

from .api import AsyncHubApi
from .client import AsyncHubClient
from .context import AsyncContext

__all__ = ["AsyncContext", "AsyncHubApi", "AsyncHubClient"]
