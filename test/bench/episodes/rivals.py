"""Rates of rivals against the bench's model server: `rivals.py PORT EPISODES` prints a JSON list. What is not installed is skipped.

The episode is the bench's own: two turns of a policy and a batch of four sub-calls over 135,000 characters.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

LINE = "The harbour of the small town lay still, and nobody counted the boats that came and went.\n"
TEXT = (LINE * 1500)[:135_000]
QUESTION = "Which number is hidden in the text?"


def rlms(url: str) -> Callable[[], str]:
    """alexzhang13/rlm: its own process, no isolation."""
    from rlm import RLM

    def play() -> str:
        model = {"model_name": "instant", "base_url": url, "api_key": "none"}
        policy = RLM(backend="openai", backend_kwargs=model, environment="local", max_iterations=4)
        return policy.completion(TEXT, root_prompt=QUESTION).response

    return play


def monty(url: str) -> Callable[[], str]:
    """pydantic-monty: a bare interpreter of a subset of Python in a process, without any model: a floor, not a rival."""
    from pydantic_monty import Monty

    pool = Monty().__enter__()

    def play() -> str:
        with pool.checkout() as session:
            session.feed_run("part = 33750\nseen = part * 4")
            session.feed_run("seen")
        return "forty-two"

    return play


def measure(name: str, make: Callable[[str], Callable[[], str]], url: str, episodes: int, at_once: int) -> dict[str, Any]:
    """Episodes a second, or why they were not played."""
    told = {"name": name, "atOnce": at_once}
    try:
        # Their progress goes to stdout, which is this program's answer.
        with contextlib.redirect_stdout(io.StringIO()):
            play = make(url)
            wrong = [answer for answer in (play(),) if answer.strip() != "forty-two"]
            if wrong:
                return {**told, "skipped": f"it answered {wrong[0][:60]!r}"}
            started = time.perf_counter()
            with ThreadPoolExecutor(at_once) as pool:
                answers = list(pool.map(lambda _: play(), range(episodes)))
            seconds = time.perf_counter() - started
    except Exception as error:  # noqa: BLE001  A rival that fails is a row, too.
        return {**told, "skipped": f"{type(error).__name__}: {str(error)[:200]}"}
    right = sum(answer.strip() == "forty-two" for answer in answers)
    if right < episodes:
        return {**told, "skipped": f"only {right} of {episodes} answers were right"}
    return {**told, "perSecond": episodes / seconds}


def main() -> None:
    """Measures each rival alone, and one of them with threads."""
    url = f"http://127.0.0.1:{sys.argv[1]}/v1"
    episodes = int(sys.argv[2])
    rows = [
        measure("rlms", rlms, url, episodes, 1),
        measure("rlms", rlms, url, episodes, 16),
        {**measure("pydantic-monty", monty, url, 10 * episodes, 1), "isFloor": True},
    ]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
