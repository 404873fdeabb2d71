"""One server for all tests, out of this checkout's build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rlm_gym import Server

COMMAND = ["node", str(Path(__file__).parents[3] / "dist/scripts/rlm-gym.js")]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server("s-niah", command=COMMAND, length="2k", max_sessions=16) as started:
        yield started
