"""verifiers' own runner: over the text profile with its openenv taskset, and with `rlm_gym.verifiers` by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rlm_gym import Server

from .conftest import COMMAND
from .trainer_fakes import SEARCH, model_server

pytest.importorskip("verifiers", reason="verifiers is not installed")

EPISODES = 20


def evaluate(folder: Path, *words: str) -> tuple[Path, list[dict[str, Any]]]:
    """Runs `vf-eval`; gives its traces file, and the episodes in it."""
    code = "from verifiers.v1.cli.eval.main import main; main()"
    environment = {**os.environ, "RLM_GYM_COMMAND": " ".join(COMMAND)}
    command = [sys.executable, "-c", code, *words, "-m", "M", "--no-push", "--no-rich", "-o", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment, cwd=folder, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    (traces,) = folder.glob("*/traces.jsonl")
    return traces, [json.loads(line) for line in traces.read_text().splitlines()]


def reward_of(episode: dict[str, Any], name: str) -> float:
    (trace,) = episode["traces"]
    return float(trace["rewards"][name]["score"])


def greps_without_fence(messages: list[dict[str, str]]) -> str:
    """Replies that are nothing but a fence, which the taskset takes away."""
    asked = sum(message["role"] == "assistant" for message in messages)
    return SEARCH if asked == 0 else '```python\nFINAL(", ".join(hits))\nprint(hits)\n```'


def test_its_openenv_taskset_plays_the_text_profile_and_its_traces_come_back(tmp_path: Path) -> None:
    pytest.importorskip("openenv", reason="openenv is not installed")
    resets = ", ".join(f"{{ seed = {seed} }}" for seed in range(EPISODES))
    with (
        model_server(greps_without_fence) as upstream,
        Server("s-niah", command=COMMAND, length="1k", profile="text", max_sessions=EPISODES) as server,
    ):
        config = tmp_path / "openenv.toml"
        config.write_text(
            f'[env.taskset]\nid = "openenv"\nbase_url = "{server.url}"\nresets = [{resets}]\n'
            '[env.player]\nharness = { id = "rlm-gym-verifiers" }\nruntime = { type = "subprocess" }\n'
        )
        words = ("@", str(config), "-n", str(EPISODES), "--client.base-url", upstream)
        traces, episodes = evaluate(tmp_path, *words)
    assert len(episodes) == EPISODES
    lost = [episode for episode in episodes if not episode["ok"]]
    assert lost == [], json.dumps(lost)
    assert all(reward_of(episode, "openenv_reward") > 0.5 for episode in episodes)
    again = tmp_path / "imported"
    subprocess.run([*COMMAND, "import", str(traces), "--out", str(again)], check=True, capture_output=True)
    records = [json.loads(line) for line in (again / "trajectories.jsonl").read_text().splitlines()]
    assert len(records) == EPISODES and {record["status"] for record in records} == {"ok"}
    assert {len(record["turns"]) for record in records} == {2}


def test_the_environment_is_loaded_by_name_and_has_the_ids_of_each_call(tmp_path: Path) -> None:
    with model_server() as upstream:
        _, episodes = evaluate(
            tmp_path,
            "rlm-gym-verifiers",
            *("--env.taskset.environment", "s-niah", "--env.taskset.flags", '{"length": "1k"}'),
            *("--env.taskset.upstream", upstream, "--client.base-url", upstream, "-n", "3"),
        )
    assert len(episodes) == 3
    for episode in episodes:
        (trace,) = episode["traces"]
        assert episode["ok"] and reward_of(episode, "rlm_gym") > 0.5 and trace["metrics"]["score"] == 1
        first, second = [node for node in trace["nodes"] if node["sampled"]]
        assert "".join(map(chr, [t for t, bit in zip(first["token_ids"], first["mask"]) if bit])) == f"{SEARCH}</>"
        assert sum(second["mask"]) == len(second["logprobs"]) > 0 and not all(second["mask"])
        calls = trace["info"]["rlm_gym"]["calls"]
        whole = [token for node in trace["nodes"] for token in node["token_ids"]]
        assert whole == [*calls[-1]["prompt_token_ids"], *calls[-1]["completion_token_ids"]]


def test_a_lost_episode_has_no_reward(tmp_path: Path) -> None:
    with model_server(fails_from=2) as upstream:
        _, episodes = evaluate(
            tmp_path,
            "rlm-gym-verifiers",
            *("--env.taskset.flags", '{"length": "1k"}', "--env.taskset.upstream", upstream),
            *("--client.base-url", upstream, "-n", "1"),
        )
    (episode,) = episodes
    assert not episode["ok"]
    assert not any(trace["ok"] or trace["rewards"] for trace in episode["traces"])
