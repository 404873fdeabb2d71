"""NeMo Gym's own resources server plays the text profile through its HTTP routes."""

from __future__ import annotations

import os
import signal
from typing import Any
from unittest.mock import MagicMock

import pytest

from rlm_gym import Server

from .conftest import COMMAND
from .trainer_fakes import SEARCH

pytest.importorskip("nemo_gym", reason="NeMo Gym is not installed")

FENCELESS = SEARCH.removeprefix("```repl\n").removesuffix("\n```")
VERIFY: dict[str, Any] = {
    "responses_create_params": {"input": "play"},
    "response": {
        "id": "r",
        "created_at": 0,
        "model": "M",
        "object": "response",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    },
}


def client_of(url: str) -> Any:
    from fastapi.testclient import TestClient
    from nemo_gym.server_utils import ServerClient
    from resources_servers.openenv.app import OpenEnvResourcesServer, OpenEnvResourcesServerConfig

    config = OpenEnvResourcesServerConfig(
        host="127.0.0.1",
        port=1,
        entrypoint="",
        name="",
        env_class="rlm_gym.nemo_gym.TextEnvironment",
        action_class="rlm_gym.nemo_gym.TextAction",
        reset_kwargs={"url": url, "seed": 7},
        is_mcp=False,
    )
    server = OpenEnvResourcesServer(config=config, server_client=MagicMock(spec=ServerClient))
    return TestClient(server.setup_webserver())


def test_an_episode_is_played_and_scored() -> None:
    with Server("s-niah", command=COMMAND, length="1k", profile="text") as server:
        client = client_of(server.url)
        assert client.post("/seed_session", json={}).status_code == 200
        seen = client.post("/step", json={"text": FENCELESS}).json()
        assert not seen["done"] and seen["text"].startswith("['")
        ended = client.post("/step", json={"text": "FINAL_VAR(hits)"}).json()
        assert ended["done"] and ended["reward"] > 0.5
        assert client.post("/verify", json=VERIFY).json()["reward"] == pytest.approx(ended["reward"])


def test_a_lost_episode_is_not_scored() -> None:
    with Server("s-niah", command=COMMAND, length="1k", profile="text") as server:
        client = client_of(server.url)
        client.post("/seed_session", json={})
        os.kill(server.pid, signal.SIGKILL)
        assert client.post("/step", json={"text": FENCELESS}).json()["error"]
        with pytest.raises(Exception, match="do not train on it"):
            client.post("/verify", json=VERIFY)
