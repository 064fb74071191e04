"""Whether a call of the TPV's own URL comes from the hub."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Mapping, Optional, Union

_PREFIX = "whsec_"
#: How far the hub's clock and this machine's may be apart, in seconds, as Standard Webhooks has it.
_TOLERANCE = 300


def verify_call(
    headers: Mapping[str, str], body: Union[str, bytes], *, secret: str, now: Optional[float] = None
) -> bool:
    """Whether a call of a button's ``callback_url`` was signed by the hub with this secret within the last five
    minutes. Answer 401 where it was not. A call may come twice: ``webhook-id`` tells, which is the same then.

    :param headers: as Django's ``request.headers`` has them, or any other mapping
    :param body: as it came, before anything parses it: Django's ``request.body``
    :param secret: the TPV's signing secret (``whsec_…``)
    :param now: what time it is, in seconds since 1970; ``None``: the machine's clock
    """
    given = {name.lower(): value for name, value in headers.items()}
    id_, seconds, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    key = _decoded(secret[len(_PREFIX) :] if secret.startswith(_PREFIX) else secret)
    if not id_ or not key or not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 15):
        return False
    if abs((time.time() if now is None else now) - int(seconds)) > _TOLERANCE:
        return False
    content = body.encode("utf-8") if isinstance(body, str) else body
    expected = hmac.new(key, f"{id_}.{seconds}.".encode() + content, hashlib.sha256).digest()
    marked = [one[len("v1,") :] for one in signatures.split(" ") if one.startswith("v1,")]
    return any(hmac.compare_digest(_decoded(one), expected) for one in marked)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
