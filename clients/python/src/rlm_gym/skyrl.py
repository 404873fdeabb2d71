"""A skyrl-gym environment: `skyrl_gym.make("rlm_gym")`, once this module is imported.

>>> import rlm_gym.skyrl
>>> env = skyrl_gym.make("rlm_gym", env_config={"url": server.url}, extras={"seed": 7, "max_turns": 16})
>>> prompt, info = env.init([])
>>> step = env.step("FINAL(no idea)")

A row of SkyRL's data has `env_class: "rlm_gym"` and a `seed` beside it; its prompt is replaced by the environment's own. SkyRL
samples, and takes the token ids from its own engine.

How far it was run: `init`, `step`, `close` and the metrics of skyrl-gym 0.4 on a CPU, whole episodes. Not under SkyRL's trainer,
which needs a GPU.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput, ConversationType
from skyrl_gym.envs.registration import register, registry

from .env import Env
from .messages import Step
from .play import expect_reward, opening


class RlmGymSkyEnv(BaseTextEnv):
    """One episode of a served environment. A lost episode raises `InfraError`, so that nothing trains on it."""

    def __init__(self, env_config: Any = None, extras: Mapping[str, Any] | None = None) -> None:
        """
        :param env_config: has `url`, and `token` if the server wants one
        :param extras: the row's columns: `seed` (or `extra_info.seed`), and `max_turns`, after which SkyRL asks no more
        """
        super().__init__()
        config, row = dict(env_config or {}), dict(extras or {})
        if "url" not in config:
            raise ValueError("env_config: expected the `url` of an rlm-gym server, such as http://127.0.0.1:8000")
        seed = row.get("seed", (row.get("extra_info") or {}).get("seed"))
        if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
            raise ValueError(f"extras.seed: expected a whole number from 0 on, the seed of a task, got {seed!r}")
        self._seed = seed
        self._env = Env(str(config["url"]), token=config.get("token"))
        self._last: Step | None = None
        self.max_turns = int(row.get("max_turns", 10**9))

    def init(self, prompt: ConversationType) -> tuple[ConversationType, dict[str, Any]]:
        """Begins the episode; the prompt is the environment's."""
        self.turns = 0
        self._last = self._env.reset(seed=self._seed)
        return opening(self._last), dict(self._last.info)

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """One turn; `action` is the model's completion. Past `max_turns`, the episode has ended without an answer."""
        self.turns += 1
        self._last = step = self._env.step(action)
        reward = expect_reward(step) if step.done else 0.0
        done = step.done or self.turns >= self.max_turns
        shown = [] if done else [{"role": "user", "content": step.observation.text}]
        return BaseTextEnvStepOutput(observations=shown, reward=reward, done=done, metadata=dict(step.info))

    def get_metrics(self) -> dict[str, Any]:
        """The task's own score and the turns, for SkyRL's averages."""
        info = self._last.info if self._last is not None else {}
        return {"score": float(info.get("score") or 0.0), "turns": self.turns, "answered": float(info.get("stop_reason") == "answered")}

    def close(self) -> None:
        """Ends the session. Idempotent."""
        self._env.close()


if "rlm_gym" not in registry:
    register(id="rlm_gym", entry_point="rlm_gym.skyrl:RlmGymSkyEnv")
