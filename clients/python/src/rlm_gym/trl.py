"""TRL's `rollout_func` and `environment_factory`, over a running server.

>>> import rlm_gym.trl as rlm
>>> GRPOTrainer(model, reward_funcs=rlm.env_reward, rollout_func=rlm.rollout_func(server.url, "M"), train_dataset=seeds)
>>> GRPOTrainer(model, environment_factory=rlm.environment_factory(server.url), train_dataset=seeds)

`rollout_func` plays whole episodes with the model behind the gateway, and returns the ids that its engine sampled. In
`environment_factory`, TRL samples, and the REPL is its tool.

How far it was run: two steps each of TRL 1.16's GRPOTrainer on a CPU, with a tiny random model (`npm run shows`). Not on a GPU,
and not with a model that could solve a task.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from .capture import TokenSequence, expect_tokenizer
from .env import Env
from .errors import InfraError, RlmGymError
from .messages import Code, Step
from .play import Played, play_many

Rows = dict[str, list[Any]]


def rollout_func(
    url: str,
    model: str,
    *,
    token: str | None = None,
    sampling: Mapping[str, Any] | None = None,
    at_a_time: int = 16,
    sub_call_rows: int = 0,
    check_tokenizer: bool = True,
) -> Callable[[Sequence[Any], Any], Rows]:
    """A `rollout_func` for `GRPOTrainer`, whose prompts are seeds (`"7"`, or a conversation whose last message is one).

    A lost episode's row has no sampled token and the reward None, which TRL leaves out of the baseline and the loss. TRL takes
    one sequence for a prompt, so that of an episode with several only the first is trained on.

    :param sub_call_rows: how many rows of each group hold no episode, but what sub-calls of the group's episodes sampled, with
        their episodes' rewards; for sub-calls that the same model answers. 0 trains the policy's words alone
    :param url: a server that was started with `gateway=…`
    :param model: the name under which the gateway's model server serves the trainer's weights
    :param check_tokenizer: whether ids have to decode to the words that were said; raises `TokenizerMismatch`
    """

    def play_prompts(prompts: Sequence[Any], trainer: Any = None) -> Rows:
        groups = [(seed, len(list(same))) for seed, same in groupby(map(seed_of, prompts))]
        for seed, size in groups:
            if size <= sub_call_rows:
                raise ValueError(f"expected groups of more than sub_call_rows={sub_call_rows} rows, got {size} of seed {seed}")
        seeds = [seed for seed, size in groups for _ in range(size - sub_call_rows)]
        episodes = play_many(url, model, seeds, at_a_time=at_a_time, token=token, sampling=sampling)
        played = [episode for episode in episodes if isinstance(episode, Played)]
        if not played:
            raise RlmGymError(f"every episode of this batch was lost, so that there is nothing to train on: {episodes[0]}")
        tokenizer = getattr(trainer, "processing_class", None)
        if check_tokenizer and tokenizer is not None:
            for episode in played:
                expect_tokenizer(episode.policy_calls, getattr(tokenizer, "tokenizer", tokenizer))
        # TRL needs a row for each prompt: where there is none, one token, which the mask keeps out of the loss.
        token_alone = played[0].sequences[0].prompt_ids[:1]
        missing = (token_alone, token_alone, [0.0], [0], None)
        rows: Rows = {"prompt_ids": [], "completion_ids": [], "logprobs": [], "env_mask": [], "env_reward": []}
        for _, size in groups:
            own, episodes = episodes[: size - sub_call_rows], episodes[size - sub_call_rows :]
            found = [_row(one.sequences[0], one.reward) if isinstance(one, Played) else missing for one in own]
            asked = [(one, sequence) for one in own if isinstance(one, Played) for sequence in one.sub_call_sequences(model)]
            # Where there are more sub-calls than rows, they are taken evenly, so that each episode has its share.
            taken = asked[:: max(1, -(-len(asked) // max(1, sub_call_rows)))][:sub_call_rows]
            found += [_row(sequence, one.reward) for one, sequence in taken]
            for row in [*found, *[missing] * (size - len(found))]:
                for name, value in zip(rows, row):
                    rows[name].append(value)
        return rows

    return play_prompts


def _row(sequence: TokenSequence, reward: float) -> tuple[Any, ...]:
    return sequence.prompt_ids, sequence.completion_ids, sequence.logprobs, sequence.mask, reward


def env_reward(completions: Sequence[Any], env_reward: Sequence[float | None], **columns: Any) -> list[float | None]:
    """The environment's rewards, for `reward_funcs`. None for a lost episode, which TRL leaves out."""
    return list(env_reward)


def seed_of(prompt: Any) -> int:
    """The seed that a row's prompt names."""
    text = prompt if isinstance(prompt, str) else prompt[-1]["content"]
    found = re.fullmatch(r"\s*(\d+)\s*", text if isinstance(text, str) else "")
    if found is None:
        raise ValueError(f'expected the seed of a task as the prompt, such as "7", got {text!r}')
    return int(found[1])


def environment_factory(url: str, *, token: str | None = None) -> Callable[[], ReplEnvironment]:
    """An `environment_factory` for `GRPOTrainer`, whose dataset has a column `seed`.

    :param url: a server's, with at least as many sessions (`max_sessions`) as the trainer plays rollouts at a time
    """
    return lambda: ReplEnvironment(url, token=token)


class ReplEnvironment:
    """The environment that TRL plays: the REPL is its tool, and it owns the reward."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        self._env = Env(url, token=token)
        self._last: Step | None = None

    def reset(self, seed: int = 0, **columns: Any) -> str:
        """Begins the episode of a seed, and shows its question."""
        self._last = None
        self._last = self._env.reset(seed=int(seed))
        return self._last.observation.text

    def call_python_repl(self, code: str) -> str:
        """Runs Python in the REPL, where `context` and `llm_query(prompt)` are; FINAL(answer) in code ends the task.

        Args:
            code: The Python to run.
        """
        if self._last is None:
            return "The task was lost."
        if self._last.done:
            return "The task has ended."
        # TRL turns an exception of a tool into words for the model, so that only `_last` says that the episode is lost.
        self._last = None
        self._last = self._env.step(Code(code))
        return self._last.observation.text

    def get_reward(self) -> float | None:
        """The reward; None for a lost episode, which TRL leaves out; 0 for one that has not ended."""
        if self._last is None or self._last.status == "infra_error":
            return None
        return self._last.reward or 0.0
