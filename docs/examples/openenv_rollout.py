"""A rollout with OpenEnv's client: a model behind the gateway plays a served environment.

  rlm-gym gateway --upstream http://localhost:8000/v1
  rlm-gym serve --env s-niah --port 8002 --gateway http://localhost:8001 --sub-model M
  python docs/examples/openenv_rollout.py http://localhost:8002 M

How far it was run: whole, with openenv 0.10, by .ci/openenv, where a program stands in for the model's server.
"""
import json
import sys
import urllib.request

from openenv import GenericEnvClient


def complete(url, model, messages):
    body = json.dumps({"model": model, "messages": messages}).encode()
    request = urllib.request.Request(f"{url}/chat/completions", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["choices"][0]["message"]["content"]


def rollout(env, model, **reset):
    result = env.reset(**reset)
    seen, url = result.observation, result.observation["metadata"]["gateway_url"]
    messages = [{"role": "system", "content": seen["system_prompt"]}, {"role": "user", "content": seen["text"]}]
    while not result.done:
        text = complete(url, model, messages)
        result = env.step({"completion": text})
        while result.observation["metadata"].get("still_running"):
            result = env.step({})  # fetches what runs, and runs nothing
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": result.observation["text"]}]
    return result, url


if __name__ == "__main__":
    with GenericEnvClient(base_url=sys.argv[1]).sync() as env:
        for seed in range(3):
            result, url = rollout(env, sys.argv[2], seed=seed)
            print(seed, result.reward, result.observation["metadata"]["stop_reason"], f"{url.removesuffix('/v1')}/traces")
