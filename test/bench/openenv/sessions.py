"""How many environment steps a second 64 sessions of one Python process hold: rlm-gym's server, and OpenEnv's own repl_env.

    git clone https://github.com/meta-pytorch/OpenEnv && pip install openenv "smolagents>=1.22,<2" websockets ./clients/python
    python test/bench/openenv/sessions.py OpenEnv/envs/repl_env [SESSIONS] [SECONDS]

Each session begins an episode, and then runs the same lines of Python step by step, as fast as its server answers. Both servers
speak the same frames (`--profile repl-env`), so that one client plays both; `native` is rlm-gym's own profile with its own client.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import connect

from rlm_gym import AsyncEnv, Code, Server

ROOT = Path(__file__).parents[3]
COMMAND = ["node", str(ROOT / "dist/scripts/rlm-gym.js")]
CODE = "lines = context.split()\ncount = len([word for word in lines if word.startswith('t')])\nprint(count)"
CONTEXT = "the lighthouse stood on the tall rock and the keeper told tales " * 50
PLAYS_AT_ONCE = 20  # steps of an episode before the next one begins
WINDOWS = 8  # of warming up, at most
STEADY = 1.1  # a window that is not faster than the one before by more than this ends the warming up


@dataclass
class Tally:
    """What the sessions of a window did."""

    seconds: list[float] = field(default_factory=list)
    """Of each step."""
    wrong: list[str] = field(default_factory=list)
    """The observations that do not say what the lines print."""


async def repl_env_session(url: str, until: float, tally: Tally) -> None:
    """Frames of repl_env, by which both servers are played."""
    async with connect(f"{url.replace('http', 'ws')}/ws", max_size=None) as ws:

        async def ask(kind: str, data: dict[str, object]) -> dict[str, object]:
            await ws.send(json.dumps({"type": kind, "data": data}))
            reply = json.loads(await ws.recv())
            if reply["type"] != "observation":
                raise RuntimeError(f"{url}: {reply}")
            return dict(reply["data"])

        while time.monotonic() < until:
            await ask("reset", {"context": CONTEXT, "task_prompt": "How many?", "expected_answer": "-"})
            for _ in range(PLAYS_AT_ONCE):
                began = time.monotonic()
                seen = await ask("step", {"code": CODE, "is_final": False, "final_answer": None})
                tally.seconds.append(time.monotonic() - began)
                if "300" not in json.dumps(seen["observation"]["result"]["stdout"]):  # type: ignore[index]
                    tally.wrong.append(json.dumps(seen["observation"]["result"]))
                if time.monotonic() >= until:
                    return


async def native_session(url: str, until: float, tally: Tally) -> None:
    """rlm-gym's own client."""
    async with AsyncEnv(url) as env:
        seed = 0
        while time.monotonic() < until:
            seed += 1
            await env.reset(seed=seed % 8)
            for _ in range(PLAYS_AT_ONCE):
                began = time.monotonic()
                seen = await env.step(Code(CODE))
                tally.seconds.append(time.monotonic() - began)
                if seen.observation.results[0]["outcome"] != "ok":
                    tally.wrong.append(seen.observation.text)
                if time.monotonic() >= until:
                    return


Session = Callable[[str, float, Tally], Awaitable[None]]


def processor_seconds(pid: int) -> float:
    """What a process has used so far, on Linux."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def measure(name: str, url: str, pid: int, session: Session, sessions: int, seconds: float) -> None:
    """Warms up until a window is no faster than the one before, since a server may add workers as it is used, and then counts."""

    async def window() -> tuple[Tally, float]:
        tally, began = Tally(), time.monotonic()
        await asyncio.gather(*(session(url, began + seconds, tally) for _ in range(sessions)))
        return tally, time.monotonic() - began

    rate = 0.0
    for _ in range(WINDOWS):
        tally, took = await window()
        slower, rate = rate, len(tally.seconds) / took
        if rate < STEADY * slower:
            break
    used = processor_seconds(pid)
    tally, took = await window()
    used = processor_seconds(pid) - used
    steps = sorted(tally.seconds)
    print(
        f"{name}: {len(steps) / took:.0f} steps/s, {len(steps) / used:.0f} for each second of the server's processor time, "
        f"over {sessions} sessions and {took:.1f} s "
        f"(a step: median {1000 * steps[len(steps) // 2]:.0f} ms, 99 % {1000 * steps[int(len(steps) * 0.99)]:.0f} ms)",
        flush=True,
    )
    if tally.wrong:
        print(f"{name}: {len(tally.wrong)} of these steps were answered wrongly, the first with {tally.wrong[0][:300]}", flush=True)


def reference(folder: Path, sessions: int) -> tuple[subprocess.Popen[bytes], str]:
    """OpenEnv's own server, from its published source."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MAX_CONCURRENT_ENVS": str(sessions), "REPL_MAX_ITERATIONS": str(PLAYS_AT_ONCE + 1)}
    words = [sys.executable, "-m", "uvicorn", f"{folder.name}.server.app:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(words, cwd=folder.parent, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
            return process, url
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    process.kill()
    raise SystemExit(f"OpenEnv's server in {folder} did not start")


def main() -> None:
    """Measures each in turn, and prints the load of the machine before and after."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    sessions = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 15
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    for profile, session in (("native", native_session), ("repl-env", repl_env_session)):
        flags = {"length": "1k", "profile": profile, "max_sessions": sessions, "max_turns": PLAYS_AT_ONCE + 1}
        with Server("s-niah", command=COMMAND, queue_seconds=60, **flags) as server:
            asyncio.run(measure(f"rlm-gym ({profile})", server.url, server.pid, session, sessions, seconds))
    process, url = reference(folder, sessions)
    try:
        asyncio.run(measure("OpenEnv's repl_env", url, process.pid, repl_env_session, sessions, seconds))
    finally:
        process.terminate()
        process.wait()
    print(f"load {os.getloadavg()[0]:.1f} after", flush=True)


if __name__ == "__main__":
    main()
