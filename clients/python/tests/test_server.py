"""Servers that are started, end, and die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rlm_gym import CapacityReached, Code, ConnectionLost, Env, Server, ServerError
from rlm_gym.server import find_command, flags_of

from .conftest import COMMAND


def test_a_wrong_flag_is_told_in_the_servers_own_words() -> None:
    with pytest.raises(ServerError, match="unknown|Unknown"):
        Server("s-niah", command=COMMAND, lenght="2k")


def test_an_unknown_environment_lists_those_there_are() -> None:
    with pytest.raises(ServerError, match="expected one of s-niah"):
        Server("s-naih", command=COMMAND)


def test_a_port_that_is_taken_is_named(server: Server) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    with pytest.raises(ServerError, match=str(port)):
        Server("s-niah", command=COMMAND, port=port)


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(ServerError, match="no-such-program"):
        Server("s-niah", command=["no-such-program"])


def test_no_node_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RLM_GYM_COMMAND", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError, match="install Node 20.3"):
        find_command()


def test_a_node_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v18.19.0\n")
    node.chmod(0o755)
    monkeypatch.delenv("RLM_GYM_COMMAND", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin" if Path("/bin/sh").exists() else str(tmp_path))
    with pytest.raises(ServerError, match="v18.19.0"):
        find_command()


def test_flags_are_written_as_the_command_reads_them() -> None:
    assert flags_of({"max_sessions": 4, "resume": True, "out": None, "plain": False}) == ["--max-sessions", "4", "--resume"]


def test_a_server_that_dies_in_an_episode_loses_it_with_a_clear_word() -> None:
    with Server("s-niah", command=COMMAND, length="1k") as server, Env(server.url) as env:
        env.reset(seed=1)
        os.kill(server._process.pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost, match="the episode is lost"):
            env.step(Code("1"))


def test_more_sessions_than_places_are_told() -> None:
    with Server("s-niah", command=COMMAND, length="1k", max_sessions=1, queue_seconds=1) as server:
        with Env(server.url) as one, Env(server.url) as other:
            one.reset(seed=1)
            with pytest.raises(CapacityReached):
                other.reset(seed=2)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_python_that_is_killed_leaves_no_server() -> None:
    code = (
        "import sys, time\nfrom rlm_gym import Server\n"
        f"server = Server('s-niah', command={COMMAND!r}, length='1k')\n"
        "print(server._process.pid, flush=True)\ntime.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    child.kill()
    child.wait()
    for _ in range(600):
        if not _runs(pid):
            return
        time.sleep(0.1)
    pytest.fail("the server outlives the Python that started it")


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
