"""TRL's environment_factory: the trainer samples, and the REPL of a served environment is its tool.

  rlm-gym serve --env s-niah --port 8002
  GRPOTrainer(model, environment_factory=RlmGym, train_dataset=...)  # with a column "seed"

How far it was run: two steps of TRL 1.16's GRPOTrainer, by hand on a CPU, a script in the model's place; .ci/openenv calls it too.
"""
import os

from openenv import GenericEnvClient

SERVER = os.environ.get("RLM_GYM_SERVER", "http://localhost:8002")


class RlmGym:
    def __init__(self):
        self._env, self._result = GenericEnvClient(base_url=SERVER).sync(), None
        self._env.__enter__()

    def reset(self, seed=0, **kwargs) -> str:
        self._result = self._env.reset(seed=int(seed))
        return self._result.observation["text"]

    def call_python_repl(self, code: str) -> str:
        """Runs Python in the REPL, where `context` and `llm_query(prompt)` are; FINAL(answer) in code ends the task.

        Args:
            code: The Python to run.
        """
        if self._result.done:
            return "The task has ended."
        self._result = self._env.step({"code": code})
        while self._result.observation["metadata"].get("still_running"):
            self._result = self._env.step({})
        return self._result.observation["text"]

    def get_reward(self):
        if self._result.observation["metadata"].get("status") == "infra_error":
            return None  # no reward: nothing to learn from
        return self._result.reward or 0.0
