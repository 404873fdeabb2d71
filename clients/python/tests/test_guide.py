"""The Python of docs/trainers.md under "Live", run as it is written, but for the address of the model server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import COMMAND
from .trainer_fakes import model_server

GUIDE = Path(__file__).parents[3] / "docs/trainers.md"


def snippets() -> list[str]:
    section = re.search(r"^## Live.*?\n(.*?)^## ", GUIDE.read_text(), re.M | re.S)
    assert section is not None
    return re.findall(r"```python\n(.*?)```", section[1], re.S)


def test_what_the_guide_shows_plays_episodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("skyrl_gym", reason="skyrl-gym is not installed")
    monkeypatch.setenv("RLM_GYM_COMMAND", " ".join(COMMAND))
    monkeypatch.chdir(tmp_path)
    trl, skyrl = snippets()
    found: dict[str, Any] = {}
    with model_server() as upstream:
        try:
            exec(trl.replace("http://localhost:8000/v1", upstream), found)
            rows = found["whole"]["rollout_func"](["0", "1"], None)
            assert min(found["whole"]["reward_funcs"](["", ""], **rows)) > 0.5
            environment = found["as_tool"]["environment_factory"]()
            assert "magic" in environment.reset(seed=0)
            exec(skyrl, found)
            assert found["step"]["done"] and found["step"]["reward"] == 0
        finally:
            for name in ("server", "gateway"):
                if name in found:
                    found[name].close()
