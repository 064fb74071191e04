"""The rest of the hub's REST API, for asyncio."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from functools import partial
from typing import Any, AsyncIterator, Callable, Dict, Mapping, Optional, Tuple, TypeVar

from ..api import HubApi
from ..download import HubFile

T = TypeVar("T")


class AsyncHubApi:
    """As ``HubApi``, in the same words; each call waits in a thread."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout: float = 10.0,
        max_attempts: int = 4,
        executor: Optional[Executor] = None,
    ) -> None:
        """:param executor: what runs the calls; ``None``: the loop's own"""
        self._api = HubApi(url, api_key, timeout=timeout, max_attempts=max_attempts)
        self._executor = executor

    async def push(
        self, message: Mapping[str, Any], *, idempotency_key: Optional[str] = None, **fields: Any
    ) -> Dict[str, Any]:
        return await self._wait(partial(self._api.push, message, idempotency_key=idempotency_key, **fields))

    async def push_state(self, id_: str) -> Dict[str, Any]:
        return await self._wait(partial(self._api.push_state, id_))

    async def edit_push(self, id_: str, **edit: Any) -> Dict[str, Any]:
        return await self._wait(partial(self._api.edit_push, id_, **edit))

    async def delete_push(self, id_: str) -> Dict[str, Any]:
        return await self._wait(partial(self._api.delete_push, id_))

    async def resend_push(self, id_: str) -> Dict[str, Any]:
        return await self._wait(partial(self._api.resend_push, id_))

    async def users(self, **query: Any) -> Dict[str, Any]:
        return await self._wait(partial(self._api.users, **query))

    async def all_users(self, **query: Any) -> AsyncIterator[Dict[str, Any]]:
        users = self._api.all_users(**query)
        end = object()
        while True:
            user: Any = await self._wait(partial(next, users, end))
            if user is end:
                return
            yield user

    async def file(self, file_id: str, *, range_: Optional[Tuple[int, Optional[int]]] = None) -> HubFile:
        """Its content is read as with ``HubApi``, and blocks: read what is large in a thread."""
        return await self._wait(partial(self._api.file, file_id, range_=range_))

    async def service(self) -> Dict[str, Any]:
        return await self._wait(self._api.service)

    async def set_service(self, **change: Any) -> Dict[str, Any]:
        return await self._wait(partial(self._api.set_service, **change))

    async def info(self) -> Dict[str, Any]:
        return await self._wait(self._api.info)

    async def stats(self) -> Dict[str, Any]:
        return await self._wait(self._api.stats)

    async def heartbeat(self, version: Optional[str] = None) -> Dict[str, Any]:
        return await self._wait(partial(self._api.heartbeat, version))

    async def rotate_key(self) -> Dict[str, Any]:
        return await self._wait(self._api.rotate_key)

    async def rotate_signing_secret(self) -> Dict[str, Any]:
        return await self._wait(self._api.rotate_signing_secret)

    def close(self) -> None:
        self._api.close()

    async def _wait(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)
