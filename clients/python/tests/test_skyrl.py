"""skyrl-gym's own `make`, and the calls that SkyRL's generator makes."""

from __future__ import annotations

import pytest

from rlm_gym import ConnectionLost, Server

skyrl_gym = pytest.importorskip("skyrl_gym", reason="skyrl-gym is not installed")

SEARCH = '```repl\nimport re\nhits = re.findall(r"is: (\\d+)", context)\nprint(hits)\n```'


def test_an_episode_is_made_by_name_and_played(server: Server) -> None:
    import rlm_gym.skyrl  # noqa: F401

    env = skyrl_gym.make("rlm_gym", env_config={"url": server.url}, extras={"seed": 7, "max_turns": 5})
    prompt, _ = env.init([{"role": "user", "content": "replaced"}])
    assert [message["role"] for message in prompt] == ["system", "user"]
    seen = env.step(SEARCH)
    assert not seen["done"] and seen["reward"] == 0 and seen["observations"][0]["role"] == "user"
    ended = env.step("```repl\nFINAL(hits[0])\n```")
    assert ended["done"] and ended["reward"] > 0.5 and ended["observations"] == []
    assert env.get_metrics() == {"score": 1.0, "turns": 2, "answered": 1.0}
    env.close()
    env.close()


def test_skyrls_limit_of_turns_ends_the_episode(server: Server) -> None:
    from rlm_gym.skyrl import RlmGymSkyEnv

    env = RlmGymSkyEnv({"url": server.url}, {"seed": 1, "max_turns": 1})
    env.init([])
    ended = env.step(SEARCH)
    assert ended["done"] and ended["reward"] == 0 and env.get_metrics()["answered"] == 0
    env.close()


def test_a_wrong_row_names_the_field() -> None:
    from rlm_gym.skyrl import RlmGymSkyEnv

    with pytest.raises(ValueError, match="url"):
        RlmGymSkyEnv({}, {"seed": 1})
    with pytest.raises(ValueError, match=r"extras\.seed: .* got None"):
        RlmGymSkyEnv({"url": "http://127.0.0.1:9"}, {})
    with pytest.raises(ConnectionLost):
        RlmGymSkyEnv({"url": "http://127.0.0.1:9"}, {"seed": 1}).init([])
