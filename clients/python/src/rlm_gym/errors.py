"""The errors of this client: one root, and one class for each thing a caller can do something about."""

from __future__ import annotations

from typing import Any


class RlmGymError(Exception):
    """Root of every error that this package raises on purpose. Its message says what to do."""


class ServerError(RlmGymError):
    """The server could not be started, or ended by itself: no node, a node too old, a port taken, a wrong option."""


class ConnectionLost(RlmGymError):
    """The server went away in the middle of an episode. The episode is lost: do not train on it."""


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
    """All of the server's places are taken. Raise `max_sessions`, or try again when an episode has ended."""


class InfraError(RlmGymError):
    """A fault of the machinery ended the episode. It has no reward: do not train on it."""


def _line(detail: Any) -> str:
    if isinstance(detail, dict) and "msg" in detail:
        return ".".join(str(part) for part in detail.get("loc", [])) + f": {detail['msg']}"
    return str(detail)
