"""Rejection-sampled SFT: trains on the conversations of the best rollouts, on the assistant's words alone.

    rlm-gym rollout s-niah --policy tutor --prompt-style small --length 2k --part train --out runs/lessons
    rlm-gym export runs/lessons --format trl-sft --min-score 1 --out lessons.jsonl
    python sft.py --model Qwen/Qwen2.5-Coder-0.5B-Instruct --data lessons.jsonl --out trained
"""

from supervised import train

if __name__ == "__main__":
    train("Rejection-sampled SFT, on whole conversations.", ["messages"], assistant_only_loss=True)
