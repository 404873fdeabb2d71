"""Plays whole episodes: a model behind the gateway is asked, and its replies step the environment.

>>> with Gateway("http://localhost:8000/v1") as gateway, Server("s-niah", gateway=gateway.url, sub_model="M") as server:
...     played = play(server.url, "M", seed=7)
...     played.reward, played.sequences[0].completion_ids
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from .capture import Call, TokenSequence, calls_of, request_json, sequences_of
from .env import Env
from .errors import InfraError, RlmGymError
from .messages import Completion, Step


@dataclass(frozen=True)
class Played:
    """An episode that has ended, with what its policy sampled. `calls` holds the sub-models' calls, too."""

    seed: int
    reward: float
    last: Step
    messages: list[dict[str, str]]
    calls: list[Call] = field(default_factory=list)

    @property
    def policy_calls(self) -> list[Call]:
        """The policy's own calls."""
        return [call for call in self.calls if call.purpose == "root" and call.depth == 0]

    @property
    def sequences(self) -> list[TokenSequence]:
        """What the policy sampled, as token sequences."""
        return sequences_of(self.policy_calls)

    def sub_call_sequences(self, model: str) -> list[TokenSequence]:
        """What this model sampled in plain sub-calls, a sequence each."""
        return [sequence for call in self.calls if call.purpose == "llm_query" and call.model == model for sequence in sequences_of([call])]


def play(
    url: str, model: str, *, seed: int, token: str | None = None, sampling: Mapping[str, Any] | None = None, ids: bool = True
) -> Played:
    """Plays one episode of the server at `url`, which was started with `gateway=…`.

    :param sampling: of the requests, such as `{"temperature": 1.0, "max_tokens": 1024}`
    :param ids: whether token ids are needed; without them, `NoTokenIds` is raised
    :raises InfraError: if the episode is lost; there is nothing to train on then
    """
    with Env(url, token=token) as env:
        step = env.reset(seed=seed)
        gateway = gateway_of(step)
        messages = opening(step)
        while not step.done:
            text = ask(gateway, model, messages, token=token, sampling=sampling)
            step = env.step(Completion(text, model=model))
            messages += [{"role": "assistant", "content": text}, {"role": "user", "content": step.observation.text}]
        reward = expect_reward(step)
        return Played(seed, reward, step, messages, calls_of(gateway, token=token, ids=ids))


def play_many(url: str, model: str, seeds: list[int], *, at_a_time: int = 16, **options: Any) -> list[Played | InfraError]:
    """Plays episodes side by side; for an episode that was lost, its error stands in its place. See `play`."""

    def attempt(seed: int) -> Played | InfraError:
        try:
            return play(url, model, seed=seed, **options)
        except InfraError as error:
            return error

    with ThreadPoolExecutor(max(1, min(at_a_time, len(seeds))), thread_name_prefix="rlm-gym-play") as threads:
        return list(threads.map(attempt, seeds))


def opening(step: Step) -> list[dict[str, str]]:
    """The conversation that a reset begins."""
    system = step.observation.system_prompt
    begun = [] if system is None else [{"role": "system", "content": system}]
    return [*begun, {"role": "user", "content": step.observation.text}]


def gateway_of(step: Step) -> str:
    """The address at which a reset says to ask the policy's model."""
    url = step.info.get("gateway_url")
    if url is None:
        raise RlmGymError("the server has no gateway: start it with Server(…, gateway=gateway.url), after rlm_gym.Gateway(…)")
    return str(url)


def ask(gateway: str, model: str, messages: list[dict[str, str]], *, token: str | None, sampling: Mapping[str, Any] | None) -> str:
    """What the model says next. Raises `LostCall`."""
    body = {"model": model, "messages": messages, **(sampling or {})}
    reply = request_json(f"{gateway}/chat/completions", body, token=token)
    return str(reply["choices"][0]["message"].get("content") or "")


def expect_reward(step: Step) -> float:
    """The reward of an ended episode. Raises `InfraError` if it has none."""
    if step.status == "infra_error" or step.reward is None:
        raise InfraError("an infrastructure fault ended the episode; it has no reward: do not train on it")
    return step.reward
