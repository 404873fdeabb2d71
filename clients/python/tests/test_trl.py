"""`rollout_func` and `environment_factory`, called as TRL calls them. TRL itself takes steps in `test/stress/train/trl.py`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from rlm_gym import ConnectionLost, RlmGymError, Server, TokenizerMismatch
from rlm_gym.trl import env_reward, environment_factory, rollout_func, seed_of

from .conftest import COMMAND
from .trainer_fakes import CodePoints, model_server, served


def test_a_row_for_each_prompt_with_what_was_sampled(tmp_path: Path) -> None:
    trainer = SimpleNamespace(processing_class=CodePoints())
    with model_server() as upstream, served(upstream, tmp_path) as server:
        rows = rollout_func(server.url, "M")(["3", [{"role": "user", "content": "4"}]], trainer)
    assert {name: len(column) for name, column in rows.items()} == dict.fromkeys(rows, 2)
    for ids, logprobs, mask in zip(rows["completion_ids"], rows["logprobs"], rows["env_mask"]):
        assert len(ids) == len(logprobs) == len(mask) and {0, 1} == set(mask)
    assert min(env_reward(["", ""], **rows)) > 0.5


def test_sub_calls_of_the_same_model_take_rows_of_their_group(tmp_path: Path) -> None:
    asking = '```repl\nhits = [llm_query("Say " + word) for word in ("one", "two", "three")]\nFINAL(hits[0])\n```'

    def write(messages: list[dict[str, str]]) -> str:
        return f"I say {messages[0]['content'][4:]}" if len(messages) == 1 else asking

    with model_server(write) as upstream, served(upstream, tmp_path) as server:
        rows = rollout_func(server.url, "M", sub_call_rows=2)(["3"] * 4 + ["4"] * 4, None)
    said = [CodePoints().decode(ids) for ids in rows["completion_ids"]]
    assert [text.startswith("I say") for text in said] == [False, False, True, True] * 2
    assert said[2] == "I say one</>" and all(len(column) == 8 for column in rows.values())
    with pytest.raises(ValueError, match="more than sub_call_rows=2"):
        rollout_func("http://localhost:1", "M", sub_call_rows=2)(["3", "3"], None)


def test_the_server_weighs_cost_as_it_was_told(tmp_path: Path) -> None:
    with model_server() as upstream, served(upstream, tmp_path, **{"lambda": 0}) as server:
        rows = rollout_func(server.url, "M")(["3"], None)
    assert rows["env_reward"] == [1.0]


def test_a_lost_episode_has_no_reward_and_no_token_to_train_on(tmp_path: Path) -> None:
    with model_server(fails_from=3) as upstream, served(upstream, tmp_path) as server:
        play = rollout_func(server.url, "M", at_a_time=1)
        rows = play(["1", "2"], None)
        with pytest.raises(RlmGymError, match="every episode of this batch was lost"):
            play(["1", "2"], None)
    assert rows["env_reward"][0] > 0.5
    assert rows["env_reward"][1] is None and sum(rows["env_mask"][1]) == 0


def test_another_tokenizer_stops_the_trainer(tmp_path: Path) -> None:
    class Other(CodePoints):
        def decode(self, token_ids: list[int], skip_special_tokens: bool = False) -> str:
            return "?" * len(token_ids)

    with model_server() as upstream, served(upstream, tmp_path) as server:
        with pytest.raises(TokenizerMismatch, match="give the trainer the tokenizer"):
            rollout_func(server.url, "M")(["1"], SimpleNamespace(processing_class=Other()))


def test_a_prompt_that_is_no_seed_is_shown() -> None:
    assert seed_of(" 12 ") == 12
    with pytest.raises(ValueError, match="got 'find it'"):
        seed_of("find it")


def test_the_repl_is_trls_tool(server: Server) -> None:
    env = environment_factory(server.url)()
    assert "magic number" in env.reset(seed=5, prompt=[{"role": "user", "content": ""}])
    assert "17" in env.call_python_repl(code="print(8 + 9)")
    assert env.get_reward() == 0
    env.call_python_repl(code='import re\nFINAL(", ".join(re.findall(r"is: (\\d+)", context)))')
    assert (env.get_reward() or 0) > 0.5
    assert "ended" in env.call_python_repl(code="1")


def test_a_server_that_dies_leaves_no_reward() -> None:
    with Server("s-niah", command=COMMAND, length="1k") as server:
        env = environment_factory(server.url)()
        env.reset(seed=1)
        os.kill(server._process.pid, signal.SIGKILL)
        with pytest.raises(ConnectionLost, match="the episode is lost"):
            env.call_python_repl(code="1")
        assert env.get_reward() is None
        assert "lost" in env.call_python_repl(code="1")
