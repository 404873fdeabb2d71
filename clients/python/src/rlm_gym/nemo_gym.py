"""NeMo Gym: an environment class and an action class for its `openenv` resources server, which wants both in its own process.

    env_class: rlm_gym.nemo_gym.TextEnvironment
    action_class: rlm_gym.nemo_gym.TextAction
    reset_kwargs: {url: "http://127.0.0.1:8000"}    # rlm-gym serve --profile text
    is_mcp: false

The server's `POST /step` then takes `{"text": …}`, and answers with `text`, `reward` and `done`.

How far it was run: by the resources server of NeMo Gym 0.4.0 through its own HTTP routes on a CPU, whole episodes. Not with its
agents or its training, which need more servers and Ray.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from pydantic import BaseModel
from websockets.sync.client import ClientConnection, connect

from .env import socket_url
from .errors import ConnectionLost, InfraError
from .messages import frame, read_frame

_MAX_FRAME_BYTES = 256 * 2**20


class TextAction(BaseModel):
    """What the model wrote."""

    text: str


class TextObservation(BaseModel):
    """What the model reads next."""

    text: str
    reward: float | None = None
    done: bool = False


class TextEnvironment:
    """One session of a server that was started with `--profile text`.

    NeMo Gym scores an episode by the rewards that it saw, and takes a failed step for one without any. So that it does not train
    on a lost episode, `close` raises `InfraError` for one, which fails the rollout before it is scored.
    """

    def __init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._opened = ExitStack()
        self._lost: str | None = None

    def reset(self, url: str = "http://127.0.0.1:8000", seed: int | None = None, **_: Any) -> TextObservation:
        """Begins an episode; without a seed, the server's next one."""
        try:
            self._socket = self._opened.enter_context(connect(socket_url(url), max_size=_MAX_FRAME_BYTES))
        except OSError as error:
            raise ConnectionLost(f"no server answers at {url} ({error}); start `rlm-gym serve --profile text`") from error
        return self._ask("reset", {} if seed is None else {"seed": seed})

    def step(self, action: TextAction) -> TextObservation:
        """One turn."""
        return self._ask("step", {"text": action.text})

    def close(self) -> None:
        """Ends the session. Raises `InfraError` if the episode was lost."""
        self._socket = None
        self._opened.close()
        if self._lost is not None:
            raise InfraError(f"the episode was lost, do not train on it: {self._lost}")

    def _ask(self, kind: str, data: dict[str, Any]) -> TextObservation:
        if self._socket is None:
            raise ConnectionLost("there is no episode; call reset first")
        try:
            self._socket.send(frame(kind, data))
            seen = read_frame(self._socket.recv(600))[1]
            return TextObservation(text=seen["observation"]["text"], reward=seen["reward"], done=seen["done"])
        except Exception as error:
            self._lost = str(error) or type(error).__name__
            raise
