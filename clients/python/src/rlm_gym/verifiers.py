"""verifiers 0.4: a taskset, its environment and its harness, which `vf-eval rlm-gym-verifiers` and prime-rl load by name.

    vf-eval rlm-gym-verifiers --env.taskset.environment s-niah --env.taskset.flags '{"length": "4k"}' -n 20 -m M \\
      --client.base-url http://localhost:8000/v1

Each task is a seed of an environment. The agent's model is asked through verifiers' own client. prime-rl's (`client.type
= "train"`) brings the token ids of the policy's calls; with `upstream` set, those of an eval client come from the capture gateway,
and `trace.info["rlm_gym"]["calls"]` holds those of each call, sub-calls among them. A lost episode fails as an error, so that nothing trains on it.

How far it was run: by verifiers' own runner on a CPU, 20 episodes with an eval client against a scripted model server, with and
without the gateway. Not by prime-rl, whose trainer needs a GPU.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import verifiers.v1 as vf
from pydantic import Field

from .capture import Call, calls_of, sequences_of
from .env import AsyncEnv
from .errors import RlmGymError
from .messages import Completion, Step
from .play import expect_reward, opening
from .server import Gateway, Server


class RlmGymData(vf.TaskData):
    """A task: the seed of an episode."""

    seed: int


class RlmGymConfig(vf.TasksetConfig):
    """Which environment is played, and where."""

    url: str | None = None
    """A running server's address. Without it, a server of `environment` is started for the run."""
    environment: str = "s-niah"
    flags: dict[str, Any] = Field(default_factory=dict)
    """Of `rlm-gym serve`, such as `{"length": "4k"}`."""
    upstream: str | None = None
    """A model server's base URL. With it, a capture gateway is started before it, for the token ids of every call."""
    first_seed: int = 0
    tasks: int = 100
    token: str | None = None
    """For a server or a gateway that was started with `--token-file`."""


class RlmGymTask(vf.Task[RlmGymData]):
    """One episode."""


class RlmGymTaskset(vf.Taskset[RlmGymTask, RlmGymConfig]):
    """The seeds from `first_seed` on."""

    def load(self) -> Iterator[RlmGymTask]:
        """The tasks, in order."""
        for seed in range(self.config.first_seed, self.config.first_seed + self.config.tasks):
            data = RlmGymData(name=f"{self.config.environment}#{seed}", prompt=None, seed=seed)
            yield RlmGymTask(data, self.config.task)


class RlmGymHarnessConfig(vf.HarnessConfig):
    """Of the harness; it has no options."""


class RlmGymHarness(vf.Harness[RlmGymHarnessConfig]):
    """Asks the model for one reply a turn, in this process: the REPL runs in the server, so that no runtime is needed."""

    APPENDS_SYSTEM_PROMPT = True
    SUPPORTS_RESUME = True
    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def launch(
        self,
        ctx: vf.ModelContext,
        trace: vf.Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
    ) -> vf.ProgramResult:
        """One model call over the conversation so far, through verifiers' endpoint."""
        messages = [] if isinstance(data.prompt, str) else data.prompt or []
        body = {"model": ctx.model, "messages": [{"role": m.role, "content": m.content or ""} for m in messages]}
        async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
            reply = await http.post(
                f"{endpoint.rstrip('/')}/chat/completions", json=body, headers={"authorization": f"Bearer {secret}"}
            )
        return vf.ProgramResult(exit_code=0 if reply.is_success else 1, stdout="", stderr=reply.text[-2000:])


class RlmGymEnvConfig(vf.EnvConfig):
    """One agent plays the environment. Its harness runs in this process, so that the runtime is only a formality."""

    agent: vf.AgentConfig = vf.AgentConfig(runtime=vf.SubprocessConfig())


class RlmGymEnv(vf.Env[RlmGymEnvConfig]):
    """Steps the served environment with what the agent's model says."""

    _server: Server | None = None
    _gateway: Gateway | None = None
    _traces: TemporaryDirectory[str] | None = None
    _url = ""

    async def start(self) -> None:
        """Starts the server, and the gateway, if the config names none."""
        config = self.taskset.config
        flags = dict(config.flags)
        if config.upstream is not None:
            self._traces = TemporaryDirectory(prefix="rlm-gym-traces-")
            folder = f"{self._traces.name}/gateway"
            self._gateway = await asyncio.to_thread(lambda: Gateway(str(config.upstream), out=folder))
            flags["gateway"] = self._gateway.url
        if config.url is None:
            self._server = await asyncio.to_thread(lambda: Server(config.environment, **flags))
        self._url = config.url if self._server is None else self._server.url

    async def stop(self) -> None:
        """Ends what `start` began."""
        for started in (self._server, self._gateway):
            if started is not None:
                await asyncio.to_thread(started.close)
        if self._traces is not None:
            self._traces.cleanup()

    async def run(self, task: vf.Task[Any], agents: vf.Agents[Any]) -> None:
        """One episode."""
        token = self.taskset.config.token
        agent = agents.agent
        async with AsyncEnv(self._url, token=token) as env:
            step = await env.reset(seed=task.data.seed)
            gateway = step.info.get("gateway_url")
            if gateway is not None and agent.ctx.client.type == "eval":
                # Each episode has its own session at the gateway; this agent is the episode's own.
                client = agent.ctx.client.model_copy(update={"base_url": str(gateway)})
                agent.ctx = dataclasses.replace(agent.ctx, client=client)
            else:
                gateway = None
            async with agent.interaction(task) as interaction:
                trace = interaction.trace
                segment = await interaction.turn(opening(step))
                while not segment.terminated:
                    step = await env.step(_sampled(trace))
                    if step.done:
                        break
                    segment = await interaction.turn(step.observation.text)
                if step.done and gateway is not None:
                    calls = await asyncio.to_thread(calls_of, str(gateway), token=token)
                    _add_tokens(trace, [call for call in calls if call.purpose == "root" and call.depth == 0])
                    trace.info["rlm_gym"] = {"calls": [dataclasses.asdict(call) for call in calls]}
        _score(trace, step)


def _score(trace: vf.Trace, step: Step) -> None:
    if trace.has_error:
        return
    if not step.done:
        # verifiers cut the episode (a limit of turns or tokens): no answer, no reward.
        trace.record_reward("rlm_gym", 0.0)
        return
    try:
        trace.record_reward("rlm_gym", expect_reward(step))
    except RlmGymError as error:
        raise vf.EnvError(str(error)) from error
    score = step.info.get("score")
    trace.record_metrics({"score": score if score is not None else 0.0, "turns": float(step.observation.turn)})
    info = trace.info.setdefault("rlm_gym", {})
    info.update({"stop_reason": step.info.get("stop_reason"), "answer": step.info.get("final_answer")})


def _sampled(trace: vf.Trace) -> Completion:
    """What the model said last, with its ids if the client brought them."""
    node = next(node for node in reversed(trace.nodes) if node.sampled)
    said = node.message.content if isinstance(node.message.content, str) else ""
    model = trace.agent.config.model
    if not any(node.mask):
        return Completion(said or "", model=model)
    ids = [token for token, is_sampled in zip(node.token_ids, node.mask) if is_sampled]
    whole = trace.branches[-1].token_ids
    prompt = whole[: len(whole) - len(ids)]
    return Completion(said or "", model=model, prompt_token_ids=prompt, completion_token_ids=ids, logprobs=node.logprobs)


def _add_tokens(trace: vf.Trace, calls: list[Call]) -> None:
    """Puts the ids that the gateway kept into the nodes, which hold only what each adds. Tokens between go to the reply's node.

    Nodes of one walk are one sequence. Where the chat template wrote the past anew there are several, and the nodes stay without
    ids, which prime-rl does not train on; `info` has those of each call.
    """
    nodes = [node for node in trace.nodes if node.sampled]
    if len(nodes) != len(calls):
        raise vf.EnvError(f"the trace has {len(nodes)} replies, but the gateway kept {len(calls)} calls")
    if len(sequences_of(calls)) != 1:
        return
    so_far = 0
    for node, call in zip(nodes, calls):
        between, said = list(call.prompt_token_ids)[so_far:], list(call.completion_token_ids)
        node.token_ids = [*between, *said]
        node.mask = [*([False] * len(between)), *([True] * len(said))]
        node.logprobs = list(call.logprobs)
        so_far += len(node.token_ids)


__all__ = ["RlmGymEnv", "RlmGymEnvConfig", "RlmGymHarness", "RlmGymTaskset"]
