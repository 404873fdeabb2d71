"""verl's agent loop, with verl's own builder of tokens; a script stands in for its engine."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rlm_gym import InfraError, Server

from .trainer_fakes import ANSWER, SEARCH

pytest.importorskip("verl", reason="verl is not installed")
pytest.importorskip("torch", reason="torch is not installed")


def loop_of(url: str, replies: list[str], **options: Any) -> tuple[Any, Any]:
    """The loop, and its tokenizer; the engine says the replies in turn."""
    from omegaconf import OmegaConf
    from verl.utils.dataset.rl_dataset import RLHFDataset
    from verl.experimental.agent_loop.agent_loop import DictConfigWrap

    from rlm_gym.verl import RlmGymAgentLoop

    from .trl_steps import tiny

    _, tokenizer = tiny()
    left = iter(replies)

    class Engine:
        async def generate(self, request_id: str, prompt_ids: list[int], sampling_params: dict[str, Any]) -> Any:
            ids = [*tokenizer(next(left), add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
            return SimpleNamespace(token_ids=ids, log_probs=[-0.5] * len(ids))

    rollout = {"prompt_length": 8192, "response_length": 4096}
    config = OmegaConf.create({"actor_rollout_ref": {"rollout": rollout}, "data": {}})

    async def made() -> Any:
        return RlmGymAgentLoop(
            trainer_config=DictConfigWrap(config),
            server_manager=Engine(),
            tokenizer=tokenizer,
            processor=None,
            dataset_cls=RLHFDataset,
            data_config=DictConfigWrap(config.data),
            url=url,
            **options,
        )

    return made, tokenizer


def played(url: str, replies: list[str], **options: Any) -> tuple[list[Any], Any]:
    made, tokenizer = loop_of(url, replies, **options)

    async def play() -> list[Any]:
        loop = await made()
        return list(await loop.run_all({}, raw_prompt=[], extra_info={"seed": 7}))

    return asyncio.run(play()), tokenizer


def sampled(output: Any, tokenizer: Any) -> str:
    ids = [token for token, bit in zip(output.response_ids, output.response_mask) if bit]
    return str(tokenizer.decode(ids, skip_special_tokens=True))


def test_a_rollout_is_one_sequence_of_what_was_sampled_and_what_was_seen(server: Server) -> None:
    (output,), tokenizer = played(server.url, [SEARCH, ANSWER])
    assert output.reward_score > 0.5 and output.num_turns == 4
    assert sampled(output, tokenizer) == SEARCH + ANSWER
    assert len(output.response_ids) == len(output.response_mask) == len(output.response_logprobs)
    assert 0 in output.response_mask and "context" in tokenizer.decode(output.prompt_ids)


def test_a_rollout_whose_old_turns_are_cut_is_several_sequences_of_one_reward(server: Server) -> None:
    outputs, tokenizer = played(server.url, [SEARCH, "```repl\nprint(2)\n```", ANSWER], turns_kept=1)
    assert len(outputs) == 2 and len({output.reward_score for output in outputs}) == 1
    assert sampled(outputs[0], tokenizer) == f"{SEARCH}```repl\nprint(2)\n```"
    assert sampled(outputs[1], tokenizer) == ANSWER


def test_a_row_without_a_seed_and_a_lost_episode_are_errors(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = loop_of(server.url, [ANSWER])

    async def without_seed() -> None:
        await (await made()).run({}, raw_prompt=[])

    with pytest.raises(ValueError, match=r"extra_info\.seed"):
        asyncio.run(without_seed())

    import rlm_gym.verl as module

    def lost(step: Any) -> float:
        raise InfraError("lost")

    monkeypatch.setattr(module, "expect_reward", lost)
    with pytest.raises(InfraError):
        played(server.url, [SEARCH, ANSWER])
