"""What the recipes share: a model from the Hugging Face Hub or a local GGUF, with LoRA on it, and the adapter as files.

A GGUF is trained as it is served: its weights, dequantised, stay as they are, and llama.cpp reads the adapter beside them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

# Qwen's chat form, with the marks that tell a trainer which words to learn: the model's, but for a turn that Python answered with
# an error. Such a turn stays in the conversation, so that its repair is learned and not the mistake.
CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' }}"
    "{% if m['role'] == 'assistant' and not (loop.nextitem is defined and 'Error: ' in loop.nextitem['content']) %}"
    "{% generation %}{{ m['content'] + '<|im_end|>' }}{% endgeneration %}{{ '\\n' }}"
    "{% else %}{{ m['content'] + '<|im_end|>\\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# Where llama.cpp keeps what transformers calls model.layers.N.NAME.
GGUF_NAMES = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output",
              "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}


def arguments(about: str, **extra: Any) -> argparse.Namespace:
    """The flags of all recipes, and those of one: NAME=DEFAULT."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--model", required=True, help="a name on the Hugging Face Hub, a folder, or a .gguf file")
    parser.add_argument("--adapter", default=None, help="folder of an adapter to begin from")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the adapter; run again to resume")
    for name, default in extra.items():
        required = isinstance(default, type)
        kind = default if required else type(default)
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=None if required else default, required=required, help=" ")
    return parser.parse_args()


def hardware() -> dict[str, Any]:
    """How a trainer uses this machine: its GPU if it has one, else the processor, in bfloat16 on both."""
    return {"bf16": True, "use_cpu": not torch.cuda.is_available(), "gradient_checkpointing": torch.cuda.is_available()}


def load(model: str, adapter: str | None = None, rank: int = 16) -> tuple[PeftModel, Any]:
    """The model with LoRA on all projections, and its tokenizer."""
    where = (str(Path(model).parent), {"gguf_file": Path(model).name}) if model.endswith(".gguf") else (model, {})
    tokenizer = AutoTokenizer.from_pretrained(where[0], **where[1])
    dense = {"quantization_config": GgufConfig(dequantize=True)} if where[1] else {}
    base = AutoModelForCausalLM.from_pretrained(where[0], dtype=torch.bfloat16, **where[1], **dense)
    conversation = [{"role": role, "content": role} for role in ("system", "user", "assistant", "user")]
    own, marked = (tokenizer.apply_chat_template(conversation, tokenize=False, **by) for by in ({}, {"chat_template": CHATML}))
    if "{% generation %}" not in tokenizer.chat_template:
        if own != marked:
            raise SystemExit(f"expected a chat template in ChatML, or one with {{% generation %}} marks; {model} writes {own!r}")
        tokenizer.chat_template = CHATML
    if adapter is not None:
        return PeftModel.from_pretrained(base, adapter, is_trainable=True), tokenizer
    return get_peft_model(base, LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=list(GGUF_NAMES), task_type="CAUSAL_LM")), tokenizer


def save(model: PeftModel, out: str) -> Path:
    """Writes the adapter for PEFT (`adapter/`) and for llama.cpp (`adapter.gguf`)."""
    import gguf

    model.save_pretrained(f"{out}/adapter")
    path = Path(out) / "adapter.gguf"
    writer = gguf.GGUFWriter(path.with_suffix(".part"), model.config.model_type)
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(model.peft_config["default"].lora_alpha))
    for name, weight in model.state_dict().items():
        if ".lora_" in name:
            layer, (projection, side) = name.split(".layers.")[1].split(".")[0], name.split(".lora_")[0].split(".")[-1:] + [name.split(".lora_")[1][0]]
            writer.add_tensor(f"blk.{layer}.{GGUF_NAMES[projection]}.weight.lora_{side.lower()}", weight.detach().float().cpu().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    path.with_suffix(".part").rename(path)
    return path
