"""Starts `rlm-gym serve` from Python, waits until it is healthy, and ends it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import ServerError

LEAST_NODE = (20, 3)
_ADDRESS = re.compile(r" at (https?://[^\s;]+)")
_KEPT_LINES = 40


class Server:
    """A server of one environment on this machine.

    >>> with Server("s-niah", length="4k") as server:
    ...     with Env(server.url) as env:
    ...         step = env.reset(seed=7)

    Keyword arguments are flags of `rlm-gym serve` (`rlm-gym serve --help`), with `_` for `-`: `length="4k"`,
    `max_sessions=128`, `out="runs/served"`. The server ends with the context, with the interpreter, and when this process dies.
    """

    def __init__(
        self,
        environment: str,
        *,
        port: int = 0,
        command: Sequence[str] | None = None,
        start_seconds: float = 120.0,
        **flags: Any,
    ) -> None:
        """Starts the server, and returns when it answers.

        :param environment: a name (`rlm-gym envs` lists them), or the path of a file that exports one
        :param port: 0 for any that is free
        :param command: what runs rlm-gym; default: the variable RLM_GYM_COMMAND, `rlm-gym` on the PATH, or a project's
            `node_modules/.bin/rlm-gym` in this folder or one above it
        :raises ServerError: if Node is missing or too old, or the server ends or does not answer in time
        """
        words = [*(command or find_command()), "serve", "--env", environment, "--port", str(port), *flags_of(flags)]
        self._start(words, start_seconds)

    def _start(self, words: Sequence[str], start_seconds: float) -> None:
        # The server ends when its standard input ends, so that it does not outlive a Python process that was killed.
        words = [*words, "--until-stdin-ends"]
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
            )
        except OSError as error:
            raise ServerError(f"{shlex.join(words)} cannot be started: {error}") from error
        self._process = process
        self._words = words
        self._lines: list[str] = []
        self._address: str | None = None
        self._heard = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="rlm-gym-server", daemon=True)
        self._reader.start()
        self._finalizer = weakref.finalize(self, _end, process, 5.0)
        try:
            self.url = self._wait(start_seconds)
        except BaseException:
            self._finalizer()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def log(self) -> str:
        """The last lines that the server wrote to stderr."""
        return "".join(self._lines)

    def close(self, drain_seconds: float = 25.0) -> None:
        """Ends the server. Running steps have so many seconds to end. Idempotent."""
        if self._finalizer.detach() is not None:
            _end(self._process, drain_seconds)

    def _read(self) -> None:
        stream = self._process.stderr
        assert stream is not None
        with stream:
            for line in stream:
                with self._heard:
                    self._lines = [*self._lines[1 - _KEPT_LINES :], line]
                    found = _ADDRESS.search(line)
                    self._address = self._address or (found[1] if found else None)
                    self._heard.notify_all()
        with self._heard:
            self._heard.notify_all()

    def _wait(self, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        with self._heard:
            while self._address is None:
                if not self.alive and not self._reader.is_alive():
                    raise ServerError(f"{shlex.join(self._words)} ended with code {self._process.poll()}:\n{self.log}")
                if time.monotonic() > deadline:
                    raise ServerError(f"{shlex.join(self._words)} did not start within {seconds:g} s:\n{self.log}")
                self._heard.wait(0.1)
            url = self._address
        while not _is_healthy(url):
            if not self.alive or time.monotonic() > deadline:
                raise ServerError(f"the server at {url} does not answer:\n{self.log}")
            time.sleep(0.05)
        return url

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Gateway(Server):
    """`rlm-gym gateway`: forwards requests to a model server, and captures the token ids that it samples."""

    def __init__(
        self,
        upstream: str,
        *,
        port: int = 0,
        command: Sequence[str] | None = None,
        start_seconds: float = 60.0,
        **flags: Any,
    ) -> None:
        """
        :param upstream: base URL of the model server, such as `http://localhost:8000/v1`
        """
        words = [*(command or find_command()), "gateway", "--upstream", upstream, "--port", str(port), *flags_of(flags)]
        self._start(words, start_seconds)


def flags_of(flags: Mapping[str, Any]) -> list[str]:
    """Keyword arguments as flags: `max_sessions=4` is `--max-sessions 4`, True gives the flag alone, None and False give nothing."""
    words: list[str] = []
    for name, value in flags.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            words += [flag, str(value)]
    return words


def find_command() -> list[str]:
    """The command that runs rlm-gym on this machine. Raises `ServerError` that says what is missing."""
    own = os.environ.get("RLM_GYM_COMMAND")
    if own:
        return shlex.split(own)
    node = shutil.which("node")
    if node is None:
        raise ServerError(f"there is no node on the PATH; install Node {_dotted(LEAST_NODE)} or later")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < LEAST_NODE:
        raise ServerError(f"{node} is {said or 'not a working node'}; rlm-gym needs Node {_dotted(LEAST_NODE)} or later")
    on_path = shutil.which("rlm-gym")
    if on_path is not None:
        return [on_path]
    for folder in [Path.cwd(), *Path.cwd().parents]:
        for candidate in (folder / "node_modules/.bin/rlm-gym", folder / "dist/scripts/rlm-gym.js"):
            if candidate.exists() and (candidate.parent.name == ".bin" or (folder / "package.json").exists()):
                return [node, str(candidate)] if candidate.suffix == ".js" else [str(candidate)]
    raise ServerError(
        "rlm-gym is not installed here; install its package with npm in this folder, or set RLM_GYM_COMMAND to the command that runs it"
    )


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version)


def _is_healthy(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in ("/health", "/"):
        try:
            with opener.open(url.rstrip("/") + path, timeout=5) as reply:
                return bool(reply.status < 500)
        except urllib.error.HTTPError as error:
            if error.code not in (404, 405):
                return error.code < 500
        except (OSError, ValueError):
            return False
    return True


def _end(process: subprocess.Popen[str], seconds: float) -> None:
    # The end of standard input asks the server to end; signals follow only if it does not.
    if process.stdin is not None:
        process.stdin.close()
    for more in (process.terminate, process.kill):
        try:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            more()
            seconds = 5.0
    process.wait()
