"""What the recipes of supervised fine-tuning share: one training with TRL's SFTTrainer, which goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import lora
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer


def train(about: str, columns: list[str], **loss: bool) -> None:
    """Trains on rows with these columns, or goes on from the last checkpoint, and saves the adapter."""
    flags = lora.arguments(about, data=str, epochs=1.0, learning_rate=4e-4, rank=16, batch=2, seed=0, max_steps=-1)
    model, tokenizer = lora.load(flags.model, flags.adapter, flags.rank)
    rows = load_dataset("json", data_files=flags.data, split="train").select_columns(columns)
    config = SFTConfig(
        output_dir=flags.out,
        **loss,
        **lora.hardware(),
        num_train_epochs=flags.epochs,
        max_steps=flags.max_steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=flags.batch,
        learning_rate=flags.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=4,
        max_length=4096,
        logging_steps=1,
        save_steps=10,
        save_total_limit=2,
        seed=flags.seed,
        report_to=[],
    )
    trainer = SFTTrainer(model=model, args=config, train_dataset=rows, processing_class=tokenizer)
    trainer.train(resume_from_checkpoint=any(Path(flags.out).glob("checkpoint-*")))
    print(f"adapter: {lora.save(trainer.model, flags.out)}")
