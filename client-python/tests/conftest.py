"""Fixtures that all tests share."""

from __future__ import annotations

import os
from typing import Any, Callable, Iterator, List

import pytest
from hub_process import Hub
from hypothesis import settings
from in_a_loop import InALoop
from restaurant import Restaurant

from valletpv_hub import HubClient

# The same cases each time, so that a change is judged by what it changed; `PROPERTY_SEED=random` looks elsewhere.
settings.register_profile("same", derandomize=True)
if os.environ.get("PROPERTY_SEED") is None:
    settings.load_profile("same")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub; each test registers a TPV of its own there, and has people of its own. A test may kill it."""
    one = Hub(tmp_path_factory.mktemp("hub"))
    one.start()
    yield one
    one.close()


@pytest.fixture(params=["websocket", "polling"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bar(hub: Hub) -> Restaurant:
    hub.start()
    return Restaurant(hub)


@pytest.fixture(params=["threads", "asyncio"])
def make_tpv(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Makes clients of either kind, which are closed after the test."""
    made: List[Any] = []

    def make(bar: Restaurant, **options: Any) -> Any:
        kind: Any = HubClient if request.param == "threads" else InALoop
        one = kind(bar.hub.url, options.pop("api_key", bar.key), **options)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close(deadline=0)
