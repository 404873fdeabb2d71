"""TRL's rollout_func: episodes over OpenEnv, with the ids that vLLM sampled, as the gateway captured them.

Servers as in openenv_rollout.py, where the gateway stands before the `vllm serve` that holds the trainer's weights.

  GRPOTrainer(model, reward_funcs=env_reward, rollout_func=rollout_func, train_dataset=...)  # prompts are seeds: "0", "1" …

How far it was run: two steps of TRL 1.16's GRPOTrainer, by hand on a CPU, a program in vLLM's place; .ci/openenv calls it too.
"""
import json
import os
import urllib.request

from openenv import GenericEnvClient
from openenv_rollout import rollout

SERVER, MODEL = os.environ.get("RLM_GYM_SERVER", "http://localhost:8002"), os.environ.get("RLM_GYM_MODEL", "M")


def rollout_func(prompts, trainer=None):
    rows = {"prompt_ids": [], "completion_ids": [], "logprobs": [], "env_mask": [], "env_reward": []}
    with GenericEnvClient(base_url=SERVER).sync() as env:
        for prompt in prompts:
            result, url = rollout(env, MODEL, seed=int(prompt))
            with urllib.request.urlopen(f"{url.removesuffix('/v1')}/traces") as reply:
                calls = [call for call in json.load(reply)["traces"] if call["purpose"] == "root"]
            begin, ids, logprobs, mask = calls[0]["prompt_token_ids"], [], [], []
            for call in calls:
                seen, said = call["prompt_token_ids"], call["completion_token_ids"]
                if seen[: len(begin + ids)] != begin + ids:
                    break  # the chat template wrote the past anew: what follows is another sequence
                between = seen[len(begin + ids) :]
                ids, logprobs = ids + between + said, logprobs + [0.0] * len(between) + call["logprobs"]
                mask += [0] * len(between) + [1] * len(said)
            for name, value in zip(rows, (begin, ids, logprobs, mask, result.reward)):
                rows[name].append(value)
    return rows


def env_reward(completions, env_reward, **kwargs):
    return env_reward  # None, after an infrastructure fault, is left out by TRL
