"""An environment of a running server, over one WebSocket: `Env` for plain code, `AsyncEnv` for many sessions at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from websockets import exceptions
from websockets.asyncio.client import ClientConnection, connect
from websockets.sync.client import ClientConnection as SyncConnection
from websockets.sync.client import connect as connect_sync

from .errors import ConnectionLost, RlmGymError
from .messages import Action, Step, action_to_json, frame, read_frame, read_step

_CONNECTION: dict[str, Any] = {"max_size": 256 * 2**20, "ping_timeout": 120}
"""Of both clients. A busy machine may let a server wait for more than the 20 seconds after which `websockets` gives up, and with the
connection the episode would be lost. A server that has died closes it at once."""
_FAILED = (OSError, exceptions.WebSocketException, TimeoutError, asyncio.TimeoutError)


def socket_url(url: str) -> str:
    """The address of the WebSocket of a server at `url` (http, https, ws or wss)."""
    parts = urlsplit(url)
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.netloc:
        raise ValueError(f"expected a URL such as http://127.0.0.1:8000, got {url!r}")
    path = parts.path.rstrip("/")
    return urlunsplit((schemes[parts.scheme], parts.netloc, path if path.endswith("/ws") else f"{path}/ws", "", ""))


def _headers(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _reset_data(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _cannot_connect(url: str, error: BaseException) -> RlmGymError:
    return ConnectionLost(f"no rlm-gym server answers at {url} ({error}); start one with rlm_gym.Server or `rlm-gym serve`")


def _lost(error: BaseException) -> RlmGymError:
    return ConnectionLost(f"the server went away during an episode ({error}); the episode is lost")


class AsyncEnv:
    """One session of a server. Use as `async with AsyncEnv(url) as env`. Methods of one session must not overlap."""

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 600.0) -> None:
        """
        :param url: the server's, such as `http://127.0.0.1:8000`
        :param token: for a server that was started with `--token-file`
        :param timeout: seconds that one reply may take
        """
        self._url = socket_url(url)
        self._token = token
        self._timeout = timeout
        self._socket: ClientConnection | None = None

    async def reset(
        self,
        *,
        seed: int | None = None,
        episode_id: str | None = None,
        keep: bool | None = None,
        context: str | None = None,
        task_prompt: str | None = None,
        expected_answer: str | None = None,
        **options: Any,
    ) -> Step:
        """Begins an episode; the same seed gives the same one. Raises `CapacityReached` if no session becomes free.

        :param keep: go on in the REPL of the reset before, if that had `keep`, too; `info["kept"]` counts questions and contexts
        :param context: a text of your own, with the question `task_prompt` and the gold `expected_answer`; without all three
            the environment's task for the seed is played. A later question of a kept REPL needs no context
        """
        own = {"context": context, "task_prompt": task_prompt, "expected_answer": expected_answer}
        data = _reset_data(seed=seed, episode_id=episode_id, keep=keep, **own, **options)
        return read_step(await self._ask("reset", data))

    async def step(self, action: Action) -> Step:
        """One turn. If the server answers that the step is still running, waits for its result."""
        result = read_step(await self._ask("step", action_to_json(action)))
        while result.still_running:
            result = read_step(await self._ask("step", {}))
        return result

    async def state(self) -> dict[str, Any]:
        """The state of the episode: `turn`, `done`, `stop_reason`, `tokens`, `dollars`, …"""
        return dict(await self._ask("state", None))

    async def close(self) -> None:
        """Ends the session. Idempotent."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    async def _ask(self, kind: str, data: Mapping[str, Any] | None) -> Any:
        if self._socket is None:
            self._socket = await self._connect()
        try:
            await self._socket.send(frame(kind, data))
            reply = await asyncio.wait_for(self._socket.recv(), self._timeout)
        except _FAILED as error:
            await self.close()
            raise _lost(error) from error
        return read_frame(reply)[1]

    async def _connect(self) -> ClientConnection:
        try:
            return await connect(self._url, additional_headers=_headers(self._token), **_CONNECTION)
        except _FAILED as error:
            raise _cannot_connect(self._url, error) from error

    async def __aenter__(self) -> AsyncEnv:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Env:
    """`AsyncEnv` for code without asyncio. Use as `with Env(url) as env`. Open one for each episode that is played at a time."""

    def __init__(self, url: str, *, token: str | None = None, timeout: float = 600.0) -> None:
        """See `AsyncEnv`."""
        self._url = socket_url(url)
        self._token = token
        self._timeout = timeout
        self._socket: SyncConnection | None = None
        self._opened = ExitStack()

    def reset(
        self,
        *,
        seed: int | None = None,
        episode_id: str | None = None,
        keep: bool | None = None,
        context: str | None = None,
        task_prompt: str | None = None,
        expected_answer: str | None = None,
        **options: Any,
    ) -> Step:
        """See `AsyncEnv.reset`."""
        own = {"context": context, "task_prompt": task_prompt, "expected_answer": expected_answer}
        data = _reset_data(seed=seed, episode_id=episode_id, keep=keep, **own, **options)
        return read_step(self._ask("reset", data))

    def step(self, action: Action) -> Step:
        """One turn. If the server answers that the step is still running, waits for its result."""
        result = read_step(self._ask("step", action_to_json(action)))
        while result.still_running:
            result = read_step(self._ask("step", {}))
        return result

    def state(self) -> dict[str, Any]:
        """The state of the episode: `turn`, `done`, `stop_reason`, `tokens`, `dollars`, …"""
        return dict(self._ask("state", None))

    def close(self) -> None:
        """Ends the session. Idempotent."""
        self._socket = None
        self._opened.close()

    def _ask(self, kind: str, data: Mapping[str, Any] | None) -> Any:
        if self._socket is None:
            self._socket = self._connect()
        try:
            self._socket.send(frame(kind, data))
            reply = self._socket.recv(self._timeout)
        except _FAILED as error:
            self.close()
            raise _lost(error) from error
        return read_frame(reply)[1]

    def _connect(self) -> SyncConnection:
        try:
            socket: SyncConnection = connect_sync(self._url, additional_headers=_headers(self._token), **_CONNECTION)
            return self._opened.enter_context(socket)
        except _FAILED as error:
            raise _cannot_connect(self._url, error) from error

    def __enter__(self) -> Env:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
