"""Two steps of TRL's GRPOTrainer through `rlm_gym.trl`, with a tiny random model that this program serves as vLLM would.

Needs torch, transformers and trl, and a build: `python -m tests.trl_steps` in clients/python. The model's words are noise, so
that the environment's reward is always 0; a second reward, which noise can earn, lets the weights move.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

from rlm_gym.trl import env_reward, rollout_func

from .trainer_fakes import model_server, served

TEMPLATE = "{% for m in messages %}<s>{{ m['role'] }}\n{{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant\n{% endif %}"
STEPS, ROLLOUTS, TURNS, LONGEST = 2, 4, 2, 24


def tiny() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A random model of 16 dimensions over bytes, and its tokenizer."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    size = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16384,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(size), tokenizer


class Sampler:
    """Samples the trainer's own weights, and keeps the ids of what it said, so that later prompts hold them as they were."""

    def __init__(self, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
        self._model, self._tokenizer = model, tokenizer
        self._lock = threading.Lock()
        self._said: dict[str, list[int]] = {}

    def prompt(self, messages: list[dict[str, str]]) -> list[int]:
        """The template over the conversation, with the ids that were sampled in their places."""
        ids: list[int] = []
        for message in messages:
            begun = self._tokenizer(f"<s>{message['role']}\n", add_special_tokens=False)["input_ids"]
            kept = self._said.get(message["content"]) if message["role"] == "assistant" else None
            body = kept or [*self._tokenizer(message["content"], add_special_tokens=False)["input_ids"], self._tokenizer.eos_token_id]
            ids += [*begun, *body]
        return ids + list(self._tokenizer("<s>assistant\n", add_special_tokens=False)["input_ids"])

    def __call__(self, messages: list[dict[str, str]]) -> tuple[str, list[int], list[int], list[float]]:
        """The text, the prompt's ids, the sampled ids, and their log-probabilities."""
        with self._lock, torch.no_grad():
            prompt = self.prompt(messages)
            ids, logprobs, past = torch.tensor([prompt]), [], None
            sampled: list[int] = []
            while len(sampled) < LONGEST and sampled[-1:] != [self._tokenizer.eos_token_id]:
                out = self._model(ids if past is None else ids[:, -1:], past_key_values=past, use_cache=True)
                past = out.past_key_values
                likely = torch.log_softmax(out.logits[0, -1].float(), -1)
                drawn = int(torch.multinomial(likely.exp(), 1))
                sampled.append(drawn)
                logprobs.append(float(likely[drawn]))
                ids = torch.cat([ids, torch.tensor([[drawn]])], 1)
            text = self._tokenizer.decode(sampled, skip_special_tokens=True)
            self._said[text] = sampled
            return text, prompt, sampled, logprobs


def variety(completions: list[Any], **columns: Any) -> list[float]:
    """Something that noise can earn: how many different characters it has."""
    return [len(set(str(completion))) / 50 for completion in completions]


@contextmanager
def environment(sampler: Sampler, folder: Path) -> Iterator[str]:
    """The address of a server whose policy is sampled through a gateway before `sampler`."""
    with model_server(sampled=sampler) as upstream, served(upstream, folder, max_turns=TURNS) as server:
        yield server.url


def main() -> None:
    """Takes the steps, and fails unless each trained on sampled tokens and the weights have moved."""
    model, tokenizer = tiny()
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    seen: list[dict[str, list[Any]]] = []
    with tempfile.TemporaryDirectory() as folder, environment(Sampler(model, tokenizer), Path(folder)) as url:
        play = rollout_func(url, "M", at_a_time=ROLLOUTS)

        def watched(prompts: Any, trainer: Any) -> dict[str, list[Any]]:
            seen.append(play(prompts, trainer))
            return seen[-1]

        trainer = GRPOTrainer(
            model=model,
            processing_class=tokenizer,
            reward_funcs=[env_reward, variety],
            rollout_func=watched,
            train_dataset=Dataset.from_dict({"prompt": [str(seed) for seed in range(8)]}),
            args=GRPOConfig(
                output_dir=f"{folder}/trainer",
                use_cpu=True,
                bf16=False,
                max_steps=STEPS,
                per_device_train_batch_size=ROLLOUTS,
                num_generations=2,
                learning_rate=1e-2,
                report_to=[],
                save_strategy="no",
                logging_steps=1,
            ),
        )
        trainer.train()
    moved = sum(float((weight.detach() - before[name]).abs().sum()) for name, weight in model.named_parameters())
    rows = [mask for rows in seen for mask in rows["env_mask"]]
    assert trainer.state.global_step == STEPS, trainer.state.global_step
    assert moved > 0, "the weights have not moved"
    assert rows and all(sum(mask) > 0 for mask in rows), "a rollout has no sampled token"
    assert any(0 in mask for mask in rows), "no rollout has two turns in one sequence"
    print(f"trl: {STEPS} steps on {len(rows)} rollouts, {sum(map(sum, rows))} sampled tokens; the weights moved by {moved:.3f} in all")


if __name__ == "__main__":
    main()
