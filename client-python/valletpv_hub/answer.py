"""What a handler gives back so that the person reads something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional

if TYPE_CHECKING:
    from .outcome import Outcome


class Answer:
    """Completes an instruction and sends its person a message, both or neither."""

    def __init__(self, reply: Dict[str, Any], response: Any) -> None:
        self.reply = reply
        self.response = response

    @property
    def outcome(self) -> "Outcome":
        """What a memory of one's own keeps of it, within the transaction of the handler's effect."""
        from .outcome import completed

        return completed(self)


def answer(text: Optional[str] = None, *, response: Any = None, **fields: Any) -> Answer:
    """The result of a handler that answers its person.

    :param text: what the person reads
    :param response: what is kept as the instruction's ``response``; for a press, what is shown on the button
    :param fields: the other fields of a push, such as ``buttons``, ``parse_mode``, ``photo`` (by its ``{"url": …}``)
    """
    reply = {**fields} if text is None else {"text": text, **fields}
    return Answer(reply, response)
