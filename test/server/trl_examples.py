"""Calls the examples for TRL as TRL does. Usage: trl_examples.py; the servers are named by RLM_GYM_SERVER."""

import sys

sys.path.insert(0, "docs/examples")
from trl_environment_factory import RlmGym
from trl_rollout_func import env_reward, rollout_func


def check(holds, what):
    if not holds:
        sys.exit(f"the examples for TRL: {what}")


prompts = ["3", "3", "4"]
rows = rollout_func(prompts, None)
check(all(len(column) == len(prompts) for column in rows.values()), "a row for each prompt")
for begin, ids, logprobs, mask in zip(rows["prompt_ids"], rows["completion_ids"], rows["logprobs"], rows["env_mask"]):
    check(len(ids) == len(logprobs) == len(mask) and len(begin) > 0, "lists of a row are of one length")
    sampled = [i for i, bit in enumerate(mask) if bit]
    check(len(sampled) > 40 and 0 in mask, "two turns at least, with the environment's words between them")
    check(all(ids[i] >= 200_000 for i in sampled), "the mask marks just what was sampled")
    check(all(ids[i] < 200_000 for i, bit in enumerate(mask) if not bit), "and nothing else")
check(env_reward(prompts, **rows) == rows["env_reward"] and min(rows["env_reward"]) > 0.5, rows["env_reward"])

env = RlmGym()
check("magic number" in env.reset(seed=5, prompt=[{"role": "user", "content": ""}]), "a reset shows the question")
check("17" in env.call_python_repl(code="print(len(context))"), "the tool shows what was printed")
env.call_python_repl(code='import re\nFINAL(", ".join(re.findall(r"is: (\\d+)", context)))')
check(env.get_reward() > 0.5, "the answer is rewarded")
check("ended" in env.call_python_repl(code="1"), "an ended task says so")
env.reset(seed=6)
check(env.get_reward() == 0.0, "no answer, no reward")
print("the examples for TRL: rollout_func and environment_factory played whole episodes")
