"""Two steps of each recipe of `docs/recipes` with a tiny random model, and a third after a stop. Needs torch, trl, peft and gguf.

`python -m tests.recipe_steps` in clients/python. Noise solves no task: this shows that the stages fit together, and no more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import torch
from safetensors.torch import load_file

from .conftest import COMMAND
from .trl_steps import tiny

RECIPES = Path(__file__).parents[3] / "docs/recipes"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_folder(folder: Path) -> Path:
    """A random model over bytes that speaks ChatML."""
    model, tokenizer = tiny()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"], "eos_token": "<|im_end|>"})
    tokenizer.chat_template = CHATML
    model.resize_token_embeddings(len(tokenizer))
    model.config.eos_token_id = model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def lessons(folder: Path, form: str) -> Path:
    """Rows of a few demonstrations, in a form of `export`."""
    run, rows = folder / "lessons", folder / f"{form}.jsonl"
    if not run.exists():
        play = ["rollout", "s-niah", "--policy", "tutor", "--prompt-style", "small", "--length", "1k", "--episodes", "4"]
        subprocess.run([*COMMAND, *play, "--out", str(run)], check=True, capture_output=True)
    subprocess.run([*COMMAND, "export", str(run), "--format", form, "--min-score", "1", "--out", str(rows)], check=True, capture_output=True)
    return rows


def recipe(name: str, model: Path, out: Path, *flags: str) -> None:
    """Runs a recipe as a user would."""
    path = os.pathsep.join([str(RECIPES.parents[1] / "clients/python/src"), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path, "RLM_GYM_COMMAND": " ".join(COMMAND)}
    words = [sys.executable, str(RECIPES / f"{name}.py"), "--model", str(model), "--out", str(out), *flags]
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{name}: {ended.stdout[-2000:]}{ended.stderr[-4000:]}"


def steps_of(out: Path) -> int:
    """How many steps the last checkpoint has behind it."""
    states = sorted(out.glob("checkpoint-*/trainer_state.json"), key=lambda path: path.stat().st_mtime)
    return int(json.loads(states[-1].read_text())["global_step"])


def expect_adapter(out: Path) -> None:
    """Both forms of the adapter are there, and training moved it: LoRA's second matrix begins as zeros."""
    weights = load_file(out / "adapter/adapter_model.safetensors")
    moved = [float(weight.abs().sum()) for name, weight in weights.items() if "lora_B" in name]
    assert moved and sum(moved) > 0, f"{out.name}: the adapter has not moved"
    assert (out / "adapter.gguf").stat().st_size > 0 and not (out / "adapter.part").exists()


def gpu_script(model: Path, folder: Path) -> None:
    """Runs the script for a machine with a GPU on the processor, with two steps in the place of forty."""
    carried, out = folder / "carried", folder / "gpu"
    carried.mkdir()
    (carried / "model").symlink_to(model)
    sizes = {"STEPS": "2", "GROUP": "2", "LENGTH": "1k", "EXTRA": "--max-turns 2 --max-tokens 16 --sub-model policy"}
    places = {"CARRIED": str(carried), "OUT": str(out), "PYTHON": sys.executable, "RLM_GYM_COMMAND": " ".join(COMMAND)}
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, **sizes, **places, "PYTHONPATH": path}
    ended = subprocess.run([str(RECIPES / "gpu/run.sh")], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0 and "ended early" not in ended.stdout, f"gpu: {ended.stdout[-2000:]}{ended.stderr[-4000:]}"
    curve = json.loads((out / "curve.json").read_text())
    assert [row["step"] for row in curve] == [1, 2], f"expected two steps in curve.json, got {curve}"


def port_taken(model: Path, folder: Path) -> None:
    """Weights are not served where something else answers already: its answers would be another model's."""
    sys.path.insert(0, str(RECIPES))
    import lora
    from weights import LlamaCpp

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        LlamaCpp("model.gguf", str(folder), sys.executable, other.server_port).take(lora.load(str(model))[0])
        raise AssertionError("expected an end, since the port is taken")
    except SystemExit as ended:
        assert "another server answers there" in str(ended), ended
    finally:
        other.shutdown()


def main() -> None:
    """Runs the recipes one after another, and fails at the first that does not hold."""
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = tiny_folder(folder / "tiny")
        for kind, form in (("sft", "trl-sft"), ("per_turn_sft", "per-turn-sft")):
            data, out = lessons(folder, form), folder / kind
            recipe(kind, model, out, "--data", str(data), "--max-steps", "2")
            assert steps_of(out) == 2
            recipe(kind, model, out, "--data", str(data), "--max-steps", "3")
            assert steps_of(out) == 3, "it did not go on where it was stopped"
            expect_adapter(out)
        for rows, out in ((0, folder / "grpo"), (1, folder / "grpo-with-sub-calls")):
            begun = ["--adapter", str(folder / "sft/adapter"), "--length", "1k", "--group", "3", "--max-turns", "2", "--max-tokens", "16"]
            recipe("grpo", model, out, *begun, "--steps", "2", "--sub-model", "policy", "--sub-call-rows", str(rows))
            assert steps_of(out) == 2
            expect_adapter(out)
        gpu_script(model, folder)
        port_taken(model, folder)
    print("recipes: sft and per_turn_sft took 2 steps and a third after a stop, grpo 2 without and 2 with rows of sub-calls, gpu/run.sh 2")


if __name__ == "__main__":
    main()
