"""An agent loop for verl 0.9: `rlm_gym`, once this module is imported by its workers.

    actor_rollout_ref.rollout.agent.agent_loop_config_path: agent.yaml
    # agent.yaml:  - {name: rlm_gym, _target_: rlm_gym.verl.RlmGymAgentLoop, url: http://127.0.0.1:8000}

A row of the data has `agent_name: rlm_gym` and `extra_info.seed`, and any `raw_prompt`: the environment's prompt takes its place.
verl's own engine samples by token ids, and its builder of continuous tokens adds what the environment says, so that nothing is
tokenised again. verl 0.9 takes one output a rollout, which `run` returns; `run_all` returns one for each sequence, for a loop
that trains on all of them (a policy whose old turns are cut away).

How far it was run: `run` and `run_all` on a CPU with verl 0.9.1's builder, a tiny tokenizer and a scripted engine in the place of
vLLM, whole episodes. Not under verl's trainer, which needs a GPU.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from verl.experimental.agent_loop.agent_loop import AgentLoopBase, AgentLoopMetrics, AgentLoopOutput, register

from .env import AsyncEnv
from .messages import Completion, Step
from .play import expect_reward, opening


@register("rlm_gym")
class RlmGymAgentLoop(AgentLoopBase):
    """Plays a served environment. A lost episode raises `InfraError`, so that nothing trains on it."""

    def __init__(self, *args: Any, url: str, token: str | None = None, turns_kept: int | None = None, **kwargs: Any) -> None:
        """
        :param url: the server's
        :param turns_kept: how many turns stay in the prompt, 1 at least; None for all. With fewer than the episode has, `run_all`
            gives several sequences
        """
        super().__init__(*args, **kwargs)
        if turns_kept is not None and turns_kept < 1:
            raise ValueError(f"turns_kept: expected 1 or more, or None for all, got {turns_kept}")
        self._url = url
        self._token = token
        self._turns_kept = turns_kept

    async def run(self, sampling_params: dict[str, Any], **kwargs: Any) -> AgentLoopOutput:
        """One rollout, as verl takes it: its last sequence, which holds the answer."""
        return (await self.run_all(sampling_params, **kwargs))[-1]

    async def run_all(self, sampling_params: dict[str, Any], **kwargs: Any) -> list[AgentLoopOutput]:
        """One rollout with all of its sequences, of one reward."""
        seed = (kwargs.get("extra_info") or {}).get("seed")
        if seed is None:
            raise ValueError("extra_info.seed: expected the seed of a task in each row of the data")
        async with AsyncEnv(self._url, token=self._token) as env:
            step = await env.reset(seed=int(seed))
            rollout = _Rollout(self, opening(step), sampling_params)
            while not step.done and rollout.has_room:
                step = await env.step(await rollout.sample())
                if not step.done:
                    await rollout.read(step.observation.text, self._turns_kept)
        return rollout.outputs(step)


class _Rollout:
    """The sequences of one rollout while it is played."""

    def __init__(self, loop: RlmGymAgentLoop, messages: list[dict[str, str]], sampling: dict[str, Any]) -> None:
        self._loop = loop
        self._opening = len(messages)
        self._messages = messages
        self._sampling = sampling
        self._request = uuid4().hex
        self._ids: list[int] | None = None
        self._mask: list[int] = []
        self._logprobs: list[float] = []
        self._done: list[tuple[list[int], list[int], list[float]]] = []
        self._seconds = 0.0
        self._turns = 0

    @property
    def has_room(self) -> bool:
        return len(self._mask) < int(self._loop.rollout_config.response_length)

    async def sample(self) -> Completion:
        """What the engine samples next, as an action with its ids."""
        if self._ids is None:
            self._ids = await self._loop.ct_build_initial_tokens(self._messages)
        began = time.monotonic()
        said = await self._loop.server_manager.generate(
            request_id=self._request, prompt_ids=self._ids, sampling_params=self._sampling
        )
        self._seconds += time.monotonic() - began
        self._turns += 1
        prompt = list(self._ids)
        merged, self._mask, logprobs = await self._loop.ct_merge_assistant_token(
            self._ids,
            said.token_ids,
            self._mask,
            self._logprobs if said.log_probs else None,
            assistant_logprobs=said.log_probs or None,
        )
        self._ids, self._logprobs = merged.token_ids, logprobs or []
        text = str(self._loop.tokenizer.decode(said.token_ids, skip_special_tokens=True))
        self._messages = [*self._messages, {"role": "assistant", "content": text}]
        return Completion(text, prompt_token_ids=prompt, completion_token_ids=list(said.token_ids), logprobs=said.log_probs or None)

    async def read(self, observation: str, turns_kept: int | None) -> None:
        """Adds what the environment says; a sequence ends where old turns are cut away."""
        before, self._messages = self._messages, [*self._messages, {"role": "user", "content": observation}]
        turns = self._messages[self._opening :]
        if turns_kept is not None and len(turns) > 2 * turns_kept:
            self._end()
            self._messages = [*self._messages[: self._opening], *turns[-2 * turns_kept :]]
            return
        merged, self._mask, logprobs = await self._loop.ct_merge_context_msg(
            before, self._messages, self._ids, self._mask, self._logprobs or None
        )
        self._ids, self._logprobs = merged.token_ids, logprobs or []

    def outputs(self, step: Step) -> list[AgentLoopOutput]:
        """The sequences with the reward of the episode; one that the response's length cut has 0."""
        reward = expect_reward(step) if step.done else 0.0
        self._end()
        longest = int(self._loop.rollout_config.response_length)
        return [
            AgentLoopOutput(
                prompt_ids=ids[: len(ids) - len(mask)],
                response_ids=ids[len(ids) - len(mask) :][:longest],
                response_mask=mask[:longest],
                response_logprobs=logprobs[:longest] if logprobs else None,
                reward_score=reward,
                num_turns=2 * self._turns,
                metrics=AgentLoopMetrics(generate_sequences=self._seconds),
                extra_fields={"turn_scores": [], "tool_rewards": [], "rlm_gym": dict(step.info)},
            )
            for ids, mask, logprobs in self._done
        ]

    def _end(self) -> None:
        if self._ids is not None and self._mask:
            self._done.append((self._ids, self._mask, self._logprobs))
        self._ids, self._mask, self._logprobs = None, [], []
