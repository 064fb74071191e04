"""A TPV at a hub, and the people who write to it."""

from __future__ import annotations

import itertools
from typing import Any, Dict, List

from hub_process import Hub

from valletpv_hub import register_tpv

PEOPLE = itertools.count(1_001)


class Restaurant:
    """A TPV at a hub, and people who write to it and to no other."""

    def __init__(self, hub: Hub, endpoint_url: str = "http://127.0.0.1:9") -> None:
        self.hub = hub
        registered = register_tpv(hub.url, "Bar La Esquina", endpoint_url)
        self.key, self.signing_secret = str(registered["api_key"]), str(registered["signing_secret"])
        self.id = str(registered["id"])
        # What brings a person to a TPV.
        self._join_code = hub.admin("GET", f"api/admin/tpvs/{self.id}")["join_code"]
        self._people: Dict[int, int] = {}

    def message(self, text: str, person: int = 1) -> None:
        """:param person: a number within this restaurant"""
        self.hub.message(text, self.person(person))

    def person(self, number: int) -> int:
        """The Telegram id of one of its people, who came by its join code."""
        if number not in self._people:
            self._people[number] = next(PEOPLE)
            self.hub.message(f"/start {self._join_code}", self._people[number])
        return self._people[number]

    def erase(self, person: int) -> None:
        """An administrator erases one of its people."""
        self.hub.admin("DELETE", f"api/admin/users/{self.person(person)}")

    def pushes(self) -> List[Dict[str, Any]]:
        """What this TPV sent, the oldest first."""
        found: List[Dict[str, Any]] = []
        cursor: Any = ""
        while cursor is not None:
            page = self.hub.admin("GET", f"api/admin/pushes?tpv_id={self.id}&limit=200{cursor and f'&cursor={cursor}'}")
            found += page["items"]
            cursor = page["next"]
        return [self.hub.admin("GET", f"api/admin/pushes/{one['id']}") for one in reversed(found)]

    def instructions(self, status: str) -> List[Dict[str, Any]]:
        return self.hub.instructions(self.key, status)
