"""Rejection-sampled SFT: trains on the conversations of the best rollouts, on the assistant's words alone.

    rlm-gym rollout s-niah --policy tutor --prompt-style small --length 2k --part train --out runs/lessons
    rlm-gym export runs/lessons --format trl-sft --min-score 1 --out lessons.jsonl
    python sft.py --model Qwen/Qwen2.5-Coder-0.5B-Instruct --data lessons.jsonl --out trained
"""

from __future__ import annotations

from pathlib import Path

import lora
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer


def main() -> None:
    """Trains, or goes on from the last checkpoint, and saves the adapter."""
    flags = lora.arguments(__doc__.splitlines()[0], data=str, epochs=1.0, learning_rate=3e-4, rank=16, batch=2, seed=0, max_steps=-1)
    model, tokenizer = lora.load(flags.model, flags.adapter, flags.rank)
    rows = load_dataset("json", data_files=flags.data, split="train").select_columns(["messages"])
    config = SFTConfig(
        output_dir=flags.out,
        assistant_only_loss=True,
        num_train_epochs=flags.epochs,
        max_steps=flags.max_steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=flags.batch,
        learning_rate=flags.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=4,
        max_length=4096,
        bf16=True,
        use_cpu=True,
        gradient_checkpointing=False,
        logging_steps=1,
        save_steps=10,
        save_total_limit=2,
        seed=flags.seed,
        report_to=[],
    )
    trainer = SFTTrainer(model=model, args=config, train_dataset=rows, processing_class=tokenizer)
    trainer.train(resume_from_checkpoint=any(Path(flags.out).glob("checkpoint-*")))
    print(f"adapter: {lora.save(trainer.model, flags.out)}")


if __name__ == "__main__":
    main()
