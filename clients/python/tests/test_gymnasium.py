"""Gymnasium's own checks, and its calls."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

from rlm_gym import Server
from rlm_gym.gymnasium import ENVIRONMENTS, RlmEnv, RlmVectorEnv

from .conftest import COMMAND

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def benchmarks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """An environment's options, by name: made here, or read from small files of the published layouts."""
    command = ["node", "--import", "tsx", "test/envs/benchmark-program.ts", str(tmp_path_factory.mktemp("benchmarks"))]
    listed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    return dict(reversed(listed))


@pytest.fixture
def env(server: Server) -> Iterator[RlmEnv]:
    made = RlmEnv(url=server.url)
    yield made
    made.close()


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_gymnasiums_own_checker_passes(name: str, benchmarks: dict[str, dict[str, str]]) -> None:
    made = gymnasium.make(f"rlm_gym/{name}-v0", command=COMMAND, **benchmarks[name])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", message=".*render.*")
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            check_env(made.unwrapped, skip_render_check=True)
    finally:
        made.close()


def test_every_built_in_environment_is_registered() -> None:
    listed = subprocess.run([*COMMAND, "envs", "--json"], capture_output=True, text=True, check=True).stdout
    assert [environment["name"] for environment in json.loads(listed)] == list(ENVIRONMENTS)
    assert {f"rlm_gym/{name}-v0" for name in ENVIRONMENTS} <= set(gymnasium.registry)


def test_an_episode_ends_as_gymnasium_has_it(env: RlmEnv) -> None:
    text, info = env.reset(seed=7)
    assert "context" in info["system_prompt"]
    assert env.observation_space.contains(text)
    text, reward, terminated, truncated, info = env.step("FINAL(no idea)")
    assert (reward, terminated, truncated) == (0.0, True, False)
    assert info["stop_reason"] == "answered"


def test_a_vector_steps_side_by_side_and_begins_anew(server: Server) -> None:
    vector = RlmVectorEnv(num_envs=3, url=server.url)
    try:
        texts, infos = vector.reset(seed=5)
        assert len(texts) == 3 and len(infos["system_prompt"]) == 3
        _, rewards, terminated, truncated, _ = vector.step(["FINAL(a)", "```repl\nprint(1)\n```", "FINAL(c)"])
        assert terminated.tolist() == [True, False, True] and not truncated.any()
        assert rewards.shape == (3,)
        texts, _, terminated, _, infos = vector.step(["ignored", "FINAL(b)", "ignored"])
        assert terminated.tolist() == [False, True, False]
    finally:
        vector.close()
