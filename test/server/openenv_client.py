"""Whole episodes with OpenEnv's GenericEnvClient. Usage: openenv_client.py URL native|repl-env"""

import sys

from openenv import GenericEnvClient

url, face = sys.argv[1:]
FIND = 'import re\nhits = re.findall(r"is: (\\d+)", context)\n'


def action(code):
    return {"code": code} if face == "native" else {"code": code, "is_final": False, "final_answer": None}


def check(holds, what):
    if not holds:
        sys.exit(f"{face}: {what}")


with GenericEnvClient(base_url=url).sync() as env:
    for seed in range(3):
        begun = env.reset(seed=seed, episode_id=f"e-{seed}")
        check(not begun.done and begun.observation, "a reset begins an episode")
        seen = env.step(action("import random\nprint(len(context), random.random())"))
        check(not seen.done and "17" in str(seen.observation), "a step shows what was printed")
        env.step(action(FIND))
        ended = env.step(action('FINAL(", ".join(hits))'))
        metadata = ended.observation["metadata"]
        check(ended.done and ended.reward > 0.9 and metadata["score"] == 1, f"a right answer is rewarded: {ended}")
        check(env.state()["step_count"] == 3, "the state counts steps")
    if face == "repl-env":
        env.reset(context="a b c", task_prompt="How many words?", expected_answer="3", rlm_max_depth=1)
        env.step(action("n = len(context.split())"))
        check("n" in env.state()["namespace_keys"], "variables are listed")
        ended = env.step(action("print(f'FINAL({n})')"))
        check(ended.done and ended.reward > 0 and ended.observation["metadata"]["final_answer"] == "3", ended)
print(f"{face}: GenericEnvClient played whole episodes")
