"""Episodes over a real server."""

from __future__ import annotations

import asyncio

import pytest

from rlm_gym import Answer, AsyncEnv, Code, Completion, ConnectionLost, Env, ProtocolError, Server

SEARCH = "import re\nhits = re.findall(r'magic numbers? for .+? is: (\\d+)', context)\nprint(hits)"


def test_an_episode_is_searched_and_answered(server: Server) -> None:
    with Env(server.url) as env:
        begun = env.reset(seed=7)
        assert not begun.done and begun.reward is None
        assert "context" in (begun.observation.system_prompt or "")
        looked = env.step(Code(SEARCH))
        assert looked.observation.results[0]["outcome"] == "ok"
        assert looked.observation.turn == 1
        ended = env.step("FINAL_VAR(hits)")
        assert ended.terminated and not ended.truncated
        assert ended.reward is not None and ended.reward > 0.5
        assert ended.info["stop_reason"] == "answered"


def test_the_same_seed_gives_the_same_episode(server: Server) -> None:
    with Env(server.url) as one, Env(server.url) as other:
        first, second = one.reset(seed=3).observation, other.reset(seed=3).observation
        assert (first.text, first.context) == (second.text, second.context)


def test_token_ids_are_taken_with_a_completion(server: Server) -> None:
    with Env(server.url) as env:
        env.reset(seed=1)
        sampled = Completion(
            "FINAL(nothing)", model="M", prompt_token_ids=[1, 2], completion_token_ids=[3], logprobs=[-0.5]
        )
        assert env.step(sampled).terminated


def test_an_answer_ends_the_episode(server: Server) -> None:
    with Env(server.url) as env:
        env.reset(seed=1)
        ended = env.step(Answer("wrong"))
        assert ended.terminated and ended.reward == 0
        assert env.state()["answer"] == "wrong"


def test_several_questions_share_a_kept_repl(server: Server) -> None:
    with Env(server.url) as env:
        begun = env.reset(keep=True, context="Oslo Rome", task_prompt="How many?", expected_answer="2")
        assert begun.info["kept"] == {"question": 0, "contexts": 1}
        assert env.step(Code("cities = context.split()\nFINAL(len(cities))")).terminated
        begun = env.reset(keep=True, context="Rome Bern", task_prompt="Which are in both?")
        assert begun.info["kept"] == {"question": 1, "contexts": 2}
        with pytest.raises(ProtocolError, match="has not ended"):
            env.reset(keep=True, task_prompt="And now?")
        env.step(Code("FINAL([c for c in cities if c in context_1])"))
        assert "Rome" in env.state()["answer"]


def test_a_step_before_a_reset_and_after_the_end_says_so(server: Server) -> None:
    with Env(server.url) as env:
        with pytest.raises(ProtocolError, match="call reset first"):
            env.step("FINAL(x)")
        env.reset(seed=1)
        env.step(Answer("x"))
        with pytest.raises(ProtocolError) as refused:
            env.step("FINAL(y)")
        assert refused.value.code == "EXECUTION_ERROR"


def test_a_wrong_action_names_the_field(server: Server) -> None:
    with Env(server.url) as env:
        env.reset(seed=1)
        with pytest.raises(ProtocolError) as refused:
            env.step({"code": 5})
        assert refused.value.code == "VALIDATION_ERROR"
        assert "code" in str(refused.value)
        with pytest.raises(TypeError, match="got int"):
            env.step(5)  # type: ignore[arg-type]


def test_sixteen_sessions_play_side_by_side(server: Server) -> None:
    async def play(seed: int) -> tuple[int, str]:
        async with AsyncEnv(server.url) as env:
            await env.reset(seed=seed)
            await env.step(Code(f"mine = {seed}"))
            step = await env.step(Code("print(mine)"))
            return seed, step.observation.results[0]["stdout"].strip()

    async def all_of_them() -> list[tuple[int, str]]:
        return await asyncio.gather(*(play(seed) for seed in range(16)))

    assert asyncio.run(all_of_them()) == [(seed, str(seed)) for seed in range(16)]


def test_no_server_is_told_with_what_to_do() -> None:
    with pytest.raises(ConnectionLost, match="rlm_gym.Server"):
        Env("http://127.0.0.1:9").reset()
    with pytest.raises(ValueError, match="expected a URL"):
        Env("localhost:8000")
