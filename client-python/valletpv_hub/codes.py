"""Numbers and words of the protocol (client-sdk/PROTOCOL.md)."""

from __future__ import annotations

SUBPROTOCOL = "valletpv.v1"
#: The largest frame, in bytes.
MAX_FRAME_BYTES = 256 * 1024
#: How many instructions a session may have out and unreported, until a ``flow`` frame says otherwise.
DEFAULT_MAX_IN_FLIGHT = 64
LARGEST_MAX_IN_FLIGHT = 256
#: The sign of life that an administrator asks for; the client answers it by itself.
TEST_COMMAND = "hub_test"
#: A person is erased: what the TPV holds of them is to go too.
ERASURE_COMMAND = "process_erasure"

NORMAL = 1000
ABNORMAL = 1006
RESTART = 1012
REPLACED = 4501

#: What stops a client, by its close code; others from 4500 to 4999 are ``stopped``.
STOPS = {4500: "unauthorized", REPLACED: "replaced", 4502: "protocol_error", 4503: "tpv_inactive"}


def may_reconnect(code: int) -> bool:
    """Whether a client dials again after this close code."""
    return not 4500 <= code <= 4999
