"""The errors of this client: a root, and a class for each error that a caller can handle in its own way."""

from __future__ import annotations

from typing import Any


class RlmGymError(Exception):
    """Root of every error that this package raises on purpose. Its message says what to do."""


class ServerError(RlmGymError):
    """The server could not be started, or ended by itself: Node is missing or too old, the port is taken, an option is wrong."""


class ConnectionLost(RlmGymError):
    """The server went away during an episode. The episode is lost: do not train on it."""


class ProtocolError(RlmGymError):
    """The server refused a message.

    `code` is OpenEnv's (`VALIDATION_ERROR`, `EXECUTION_ERROR`, `CAPACITY_REACHED`, …); `details` lists what was wrong with
    each field, if the server said so.
    """

    def __init__(self, code: str, message: str, details: list[Any] | None = None) -> None:
        super().__init__(f"{code}: {message}" + "".join(f"; {_line(detail)}" for detail in details or []))
        self.code = code
        self.details = details or []


class CapacityReached(ProtocolError):
    """All of the server's sessions are taken. Raise `max_sessions`, or try again when an episode has ended."""


class InfraError(RlmGymError):
    """An infrastructure fault ended the episode. It has no reward: do not train on it."""


class LostCall(InfraError):
    """The gateway does not have all of a call, or the model server failed. Its episode has no reward: do not train on it."""


class NoTokenIds(RlmGymError):
    """The model server returned no token ids, so that nothing can be trained on without tokenising again."""


class TokenizerMismatch(RlmGymError):
    """The model server samples with another tokenizer than the trainer's: the ids would mean other words."""


def _line(detail: Any) -> str:
    if isinstance(detail, dict) and "msg" in detail:
        return ".".join(str(part) for part in detail.get("loc", [])) + f": {detail['msg']}"
    return str(detail)
