"""The cases of client-sdk/vectors, which both clients run; each file says in ``about`` what they mean."""

from __future__ import annotations

import json
from typing import Any, List

import pytest
from hub_process import ROOT


def vectors(name: str) -> List[Any]:
    cases = json.loads((ROOT / f"client-sdk/vectors/{name}.json").read_text(encoding="utf-8"))["cases"]
    return [pytest.param(one, id=str(one.get("name", number))) for number, one in enumerate(cases)]
