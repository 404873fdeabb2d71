"""Gymnasium's `Env` and `VectorEnv` over an rlm-gym server, with Text spaces, registered as `rlm_gym/NAME-v0`.

>>> import gymnasium, rlm_gym.gymnasium
>>> env = gymnasium.make("rlm_gym/s-niah-v0", length="4k")
>>> text, info = env.reset(seed=7)
>>> text, reward, terminated, truncated, info = env.step("```repl\\nprint(len(context))\\n```")

An observation is what the policy's model reads next, and an action is a completion. `info["system_prompt"]` comes with the
reset. An infrastructure fault raises `InfraError`, since its episode must not be trained on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any, SupportsFloat

import gymnasium
import numpy
from gymnasium.envs.registration import register
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .env import Env
from .errors import InfraError
from .messages import Step
from .server import Server

ENVIRONMENTS: tuple[str, ...] = tuple(json.loads(files("rlm_gym").joinpath("environments.json").read_text()))
"""The built-in environments, each registered as `rlm_gym/NAME-v0`."""

_MOST_CHARS = 2**20


class AnyText(gymnasium.spaces.Text):
    """Texts over all of Unicode. A plain `Text` space lists its characters; this one only lists those that it samples."""

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text that is not too long."""
        return isinstance(x, str) and self.min_length <= len(x) <= self.max_length

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """A short random text of printable ASCII. Nothing that a model would write."""
        drawn = self.np_random.choice(list(self.characters), size=int(self.np_random.integers(1, 64)))
        return "".join(str(character) for character in drawn)


def text_space() -> AnyText:
    """The space of observations, and of actions."""
    charset = "".join(chr(code) for code in range(32, 127)) + "\n"
    return AnyText(min_length=0, max_length=_MOST_CHARS, charset=charset)


class RlmEnv(gymnasium.Env[str, str]):
    """One session as a Gymnasium environment. Starts its own server, unless it is given a `url`."""

    metadata: dict[str, Any] = {"render_modes": ["ansi"]}

    def __init__(
        self,
        environment: str = "s-niah",
        *,
        url: str | None = None,
        token: str | None = None,
        render_mode: str | None = None,
        **flags: Any,
    ) -> None:
        """
        :param environment: a name, for the server that is started
        :param url: the address of a running server; then there must be no `flags`
        :param flags: of `rlm-gym serve`, such as `length="4k"`
        """
        if url is not None and flags:
            raise ValueError(f"a server at a url already has its options; got {', '.join(flags)} as well")
        self.render_mode = render_mode
        self.observation_space = text_space()
        self.action_space = text_space()
        self._server = None if url is not None else Server(environment, **flags)
        self._env = Env(url if url is not None else self._server.url, token=token)  # type: ignore[union-attr]
        self._last: Step | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
        """Begins an episode. Without a seed, one is drawn from the environment's generator."""
        super().reset(seed=seed)
        drawn = int(self.np_random.integers(2**31)) if seed is None else seed
        self._last = self._env.reset(seed=drawn, **(options or {}))
        return self._last.observation.text, _info(self._last)

    def step(self, action: str) -> tuple[str, SupportsFloat, bool, bool, dict[str, Any]]:
        """One turn; `action` is the model's completion."""
        self._last = _expect_reward(self._env.step(action))
        step = self._last
        return step.observation.text, step.reward or 0.0, step.terminated, step.truncated, _info(step)

    @property
    def episode_id(self) -> str | None:
        """The name of the episode in the server's records; None before the first reset."""
        return None if self._last is None else str(self._last.info.get("episode_id"))

    def render(self) -> str | None:
        """The last observation's text, in the mode `ansi`."""
        return self._last.observation.text if self.render_mode == "ansi" and self._last is not None else None

    def close(self) -> None:
        """Ends the session, and the server if it was started here. Idempotent."""
        self._env.close()
        if self._server is not None:
            self._server.close()


class RlmVectorEnv(VectorEnv[tuple[str, ...], tuple[str, ...], numpy.ndarray]):
    """Several sessions of one server, stepped side by side.

    After an episode has ended, the next step begins a new one and ignores the action for it (Gymnasium's `NEXT_STEP`).
    """

    def __init__(
        self, environment: str = "s-niah", num_envs: int = 1, *, url: str | None = None, token: str | None = None, **flags: Any
    ) -> None:
        """See `RlmEnv`."""
        if url is not None and flags:
            raise ValueError(f"a server at a url already has its options; got {', '.join(flags)} as well")
        self.num_envs = num_envs
        self.metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}
        self.single_observation_space = self.single_action_space = text_space()
        self.observation_space = self.action_space = batch_space(self.single_observation_space, num_envs)
        self._server = None if url is not None else Server(environment, **{"max_sessions": num_envs, **flags})
        address = url if url is not None else self._server.url  # type: ignore[union-attr]
        self._envs = [Env(address, token=token) for _ in range(num_envs)]
        self._threads = ThreadPoolExecutor(num_envs, thread_name_prefix="rlm-gym")
        self._ended = [False] * num_envs

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Begins an episode in each session. Of a single seed, session i gets seed + i."""
        super().reset(seed=seed if isinstance(seed, int) else None)
        seeds = [seed + index for index in range(self.num_envs)] if isinstance(seed, int) else list(seed or self._draw())
        given = options or {}
        steps = list(self._threads.map(lambda pair: pair[0].reset(seed=pair[1], **given), zip(self._envs, seeds)))
        self._ended = [False] * self.num_envs
        return tuple(step.observation.text for step in steps), self._infos(steps)

    def step(self, actions: Sequence[str]) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """One turn in each session."""
        fresh = self._draw()

        def play(index: int) -> Step:
            env = self._envs[index]
            return env.reset(seed=fresh[index]) if self._ended[index] else _expect_reward(env.step(actions[index]))

        steps = list(self._threads.map(play, range(self.num_envs)))
        self._ended = [step.done for step in steps]
        rewards = numpy.array([step.reward or 0.0 for step in steps])
        terminated = numpy.array([step.terminated for step in steps])
        truncated = numpy.array([step.truncated for step in steps])
        return tuple(step.observation.text for step in steps), rewards, terminated, truncated, self._infos(steps)

    def close_extras(self, **kwargs: Any) -> None:
        """Ends the sessions, and the server if it was started here."""
        for env in self._envs:
            env.close()
        self._threads.shutdown()
        if self._server is not None:
            self._server.close()

    def _draw(self) -> list[int]:
        return [int(seed) for seed in self.np_random.integers(2**31, size=self.num_envs)]

    def _infos(self, steps: Sequence[Step]) -> dict[str, Any]:
        """Each key with an array of objects, which has None for a session without the key: unlike in Gymnasium's infos, any value may be missing."""
        infos = [_info(step) for step in steps]
        keys = dict.fromkeys(key for info in infos for key in info)
        return {key: _objects([info.get(key) for info in infos]) for key in keys}


def _objects(values: Sequence[Any]) -> numpy.ndarray:
    array = numpy.empty(len(values), dtype=object)
    array[:] = list(values)
    return array


def _info(step: Step) -> dict[str, Any]:
    # Gymnasium expects equal infos after equal seeds and actions, but an episode's name is always a new one.
    known = {name: value for name, value in step.info.items() if name != "episode_id"}
    if step.observation.system_prompt is not None:
        known["system_prompt"] = step.observation.system_prompt
    return known


def _expect_reward(step: Step) -> Step:
    if step.done and step.status == "infra_error":
        raise InfraError("an infrastructure fault ended the episode; it has no reward: do not train on it")
    return step


for _name in ENVIRONMENTS:
    register(
        id=f"rlm_gym/{_name}-v0",
        entry_point="rlm_gym.gymnasium:RlmEnv",
        vector_entry_point="rlm_gym.gymnasium:RlmVectorEnv",
        kwargs={"environment": _name},
    )
