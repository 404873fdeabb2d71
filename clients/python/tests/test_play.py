"""Whole episodes with a model behind the gateway, and what goes wrong with them."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from rlm_gym import LostCall, NoTokenIds, RlmGymError, Server, TokenizerMismatch
from rlm_gym.capture import Call, TokenSequence, expect_tokenizer, sequences_of
from rlm_gym.play import Played, play, play_many

from .trainer_fakes import ANSWER, SEARCH, CodePoints, model_server, processes_of, served


def call(prompt: list[int], said: list[int]) -> Call:
    return Call("root", 0, "M", "", prompt, said, [-0.5] * len(said))


def test_an_episode_brings_the_ids_that_the_engine_sampled(tmp_path: Path) -> None:
    with model_server() as upstream, served(upstream, tmp_path) as server:
        played = play(server.url, "M", seed=7)
    assert played.reward > 0.5 and played.last.terminated
    (sequence,) = played.sequences
    sampled = [token for token, bit in zip(sequence.completion_ids, sequence.mask) if bit]
    assert CodePoints().decode(sampled) == f"{SEARCH}</>{ANSWER}</>"
    assert [sequence.logprobs[i] for i, bit in enumerate(sequence.mask) if bit] == [-0.25] * len(sampled)
    assert 0 in sequence.mask
    expect_tokenizer(played.policy_calls, CodePoints())


def test_a_prompt_that_continues_the_tokens_goes_on_and_another_begins_anew() -> None:
    calls = [call([1, 2], [3]), call([1, 2, 3, 9], [4, 5]), call([1, 7], [8])]
    assert sequences_of(calls) == [
        TokenSequence([1, 2], [3, 9, 4, 5], [-0.5, 0.0, -0.5, -0.5], [1, 0, 1, 1]),
        TokenSequence([1, 7], [8], [-0.5], [1]),
    ]
    assert sequences_of([]) == []


def test_a_model_server_without_token_ids_is_told_apart(tmp_path: Path) -> None:
    with model_server(ids=False) as upstream, served(upstream, tmp_path) as server:
        with pytest.raises(NoTokenIds, match="return_token_ids"):
            play(server.url, "M", seed=1)
        assert play(server.url, "M", seed=1, ids=False).reward > 0.5


def test_a_tokenizer_that_does_not_match_is_told_with_both_texts() -> None:
    class Other(CodePoints):
        def decode(self, token_ids: list[int], skip_special_tokens: bool = False) -> str:
            return super().decode([token + 1 for token in token_ids])

    said = Call("root", 0, "M", "print(1)", [1], [ord(c) for c in "print(1)"], [0.0] * 8)
    expect_tokenizer([said], CodePoints())
    with pytest.raises(TokenizerMismatch, match="decode to 'qsjou"):
        expect_tokenizer([said], Other())

    class Small(CodePoints):
        def decode(self, token_ids: list[int], skip_special_tokens: bool = False) -> str:
            raise IndexError("piece id is out of range")

    with pytest.raises(TokenizerMismatch, match="out of range"):
        expect_tokenizer([said], Small())


def test_a_model_server_that_goes_away_loses_its_episodes_alone(tmp_path: Path) -> None:
    with model_server(fails_from=3) as upstream, served(upstream, tmp_path) as server:
        first, second = play_many(server.url, "M", [1, 2], at_a_time=1)
    assert isinstance(first, Played)
    assert isinstance(second, LostCall) and "do not train on it" in str(second)


def test_a_server_without_a_gateway_says_how_to_start_one(server: Server) -> None:
    with pytest.raises(RlmGymError, match="gateway=gateway.url"):
        play(server.url, "M", seed=1)


def test_a_trainer_that_leaves_half_way_leaves_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "left-half-way"
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom rlm_gym import Env\nfrom tests.trainer_fakes import model_server, served\n"
        "with model_server() as upstream, served(upstream, Path(sys.argv[1])) as server:\n"
        "    env = Env(server.url)\n    env.reset(seed=1)\n    print('begun', flush=True)\n    os._exit(3)\n"
    )
    here = Path(__file__).parents[1]
    left = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=here, capture_output=True, text=True, timeout=120)
    assert (left.returncode, left.stdout) == (3, "begun\n"), left.stderr
    for _ in range(300):
        if not processes_of(str(folder)):
            return
        time.sleep(0.1)
    pytest.fail("the gateway outlives the Python that started it")
