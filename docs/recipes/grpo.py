"""GRPO, live: each step plays groups of episodes through a gateway with the weights as they are, and trains on what was sampled.

    python grpo.py --model qwen.gguf --adapter sft/adapter --out grpo --env s-niah --length 2k --cost-weight 0.3
"""

from __future__ import annotations

from pathlib import Path

import lora
from datasets import Dataset
from rlm_gym import Gateway, Server
from rlm_gym.trl import env_reward, rollout_func
from transformers import TrainerCallback
from trl import GRPOConfig, GRPOTrainer
from weights import NAME, serving


def main() -> None:
    """Trains, or goes on from the last checkpoint, and saves the adapter."""
    flags = lora.arguments(__doc__.splitlines()[0], env="s-niah", length="2k", steps=20, group=8, learning_rate=2e-5, cost_weight=0.3,
                           sub_model="simulated", sub_call_rows=0, max_turns=6, max_tokens=256, seed=0, llama_python="python3", port=8081)
    model, tokenizer = lora.load(flags.model, flags.adapter)
    weights = serving(flags.model, tokenizer, flags.out, flags.llama_python, flags.port)

    class Serve(TrainerCallback):
        def on_train_begin(self, args: object, state: object, control: object, **kept: object) -> None:
            weights.take(kept["model"])

        on_step_end = on_train_begin

    sub = {"sub_model": NAME} if flags.sub_model == "policy" else {"sub_model": flags.sub_model}
    task = {"length": flags.length, "part": "train", "prompt_style": "small", "max_turns": flags.max_turns, "lambda": flags.cost_weight}
    with Gateway(weights.url, out=f"{flags.out}/gateway") as gateway, Server(flags.env, gateway=gateway.url, **sub, **task) as server:
        sampling = {"temperature": 1.0, "max_tokens": flags.max_tokens}
        trainer = GRPOTrainer(
            model=model,
            processing_class=tokenizer,
            reward_funcs=[env_reward],
            rollout_func=rollout_func(server.url, NAME, sampling=sampling, sub_call_rows=flags.sub_call_rows),
            train_dataset=Dataset.from_dict({"prompt": [str(flags.seed * 100_000 + task) for task in range(flags.steps)]}),
            callbacks=[Serve()],
            args=GRPOConfig(
                output_dir=flags.out, max_steps=flags.steps, num_generations=flags.group, per_device_train_batch_size=1,
                gradient_accumulation_steps=flags.group, learning_rate=flags.learning_rate, lr_scheduler_type="constant",
                max_completion_length=4096, beta=0.0, **lora.hardware(),
                logging_steps=1, save_steps=5, save_total_limit=2, seed=flags.seed, report_to=[],
            ),
        )
        trainer.train(resume_from_checkpoint=any(Path(flags.out).glob("checkpoint-*")))
        weights.close()
    print(f"adapter: {lora.save(trainer.model, flags.out)}")


if __name__ == "__main__":
    main()
