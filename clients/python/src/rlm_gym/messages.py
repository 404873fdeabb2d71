"""What goes over the wire, as types: actions, observations, and the frames of OpenEnv's WebSocket protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .errors import CapacityReached, ConnectionLost, ProtocolError

Json: TypeAlias = Any


@dataclass(frozen=True)
class Completion:
    """What the policy's model wrote, including code and answer, and what is known of its sampling.

    Token ids and log-probabilities must be the engine's own: records and exports take them as they are, and never tokenise
    again.
    """

    text: str
    model: str | None = None
    finish_reason: str | None = None
    prompt_token_ids: Sequence[int] | None = None
    completion_token_ids: Sequence[int] | None = None
    logprobs: Sequence[float] | None = None
    tool_calls: Sequence[Mapping[str, str]] | None = None
    usage: Mapping[str, int] | None = None

    def to_json(self) -> dict[str, Json]:
        """The action as the server reads it; fields that are not known are left out."""
        known = {name: value for name, value in vars(self).items() if name != "text" and value is not None}
        return {"completion": self.text, **known}


@dataclass(frozen=True)
class Code:
    """Python, which is run as it is."""

    code: str

    def to_json(self) -> dict[str, Json]:
        """The action as the server reads it."""
        return {"code": self.code}


@dataclass(frozen=True)
class Answer:
    """Ends the episode with this answer."""

    text: str

    def to_json(self) -> dict[str, Json]:
        """The action as the server reads it."""
        return {"answer": self.text}


Action: TypeAlias = "str | Completion | Code | Answer | Mapping[str, Json]"
"""A `str` is a completion. A mapping goes to the server as it is."""


def action_to_json(action: Action) -> dict[str, Json]:
    """The JSON of an action."""
    if isinstance(action, str):
        return {"completion": action}
    if isinstance(action, (Completion, Code, Answer)):
        return action.to_json()
    if isinstance(action, Mapping):
        return dict(action)
    raise TypeError(f"expected a str, Completion, Code, Answer or mapping as an action, got {type(action).__name__}")


@dataclass(frozen=True)
class Observation:
    """What the policy sees. `text` is what its model reads next; only a reset has a `system_prompt`."""

    text: str
    system_prompt: str | None
    question: str
    turn: int
    turns_left: int
    context: Mapping[str, Json]
    results: Sequence[Mapping[str, Json]]
    invalid: str | None
    metadata: Mapping[str, Json]


@dataclass(frozen=True)
class Step:
    """What a reset or a step answers.

    `reward` is None at the reset, and after an infrastructure fault (`status` is then `infra_error`): never train on that.
    """

    observation: Observation
    reward: float | None
    terminated: bool
    truncated: bool
    info: Mapping[str, Json] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the episode has ended."""
        return self.terminated or self.truncated

    @property
    def status(self) -> str:
        """`ok`, or `infra_error` for an episode that an infrastructure fault ended."""
        return str(self.info.get("status", "ok"))

    @property
    def still_running(self) -> bool:
        """Whether the server answered before the step had ended. `Env` and `AsyncEnv` then wait for the result."""
        return bool(self.info.get("still_running", False))


def frame(kind: str, data: Mapping[str, Json] | None = None) -> str:
    """A frame to the server."""
    return json.dumps({"type": kind, **({} if data is None else {"data": data})})


def read_frame(text: str | bytes) -> tuple[str, Json]:
    """Type and data of a frame from the server. Raises `ProtocolError` for an error frame, `ConnectionLost` for no frame."""
    try:
        message = json.loads(text)
        kind, data = message["type"], message.get("data", {})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConnectionLost(f"the server answered something that is not a frame: {str(text)[:200]}") from error
    if kind != "error":
        return kind, data
    code, said = str(data.get("code", "EXECUTION_ERROR")), str(data.get("message", "the server said no more"))
    raise (CapacityReached if code == "CAPACITY_REACHED" else ProtocolError)(code, said, data.get("errors"))


def read_step(data: Json) -> Step:
    """A step out of an `observation` frame's data."""
    seen = data["observation"]
    metadata = seen.get("metadata", {})
    done = bool(data.get("done", False))
    observation = Observation(
        text=seen["text"],
        system_prompt=seen.get("system_prompt"),
        question=seen.get("question", ""),
        turn=seen.get("turn", 0),
        turns_left=seen.get("turns_left", 0),
        context=seen.get("context", {}),
        results=seen.get("results", []),
        invalid=seen.get("invalid"),
        metadata=metadata,
    )
    terminated = bool(metadata.get("terminated", False))
    return Step(observation, data.get("reward"), terminated, done and not terminated, metadata)
