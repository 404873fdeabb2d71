"""SFT by turns, as in the RLM paper: each turn of a good rollout is a row, with the whole history before it as its prompt.

    rlm-gym export runs/lessons --format per-turn-sft --min-score 1 --out turns.jsonl
    python per_turn_sft.py --model Qwen/Qwen2.5-Coder-0.5B-Instruct --data turns.jsonl --out trained
"""

from supervised import train

if __name__ == "__main__":
    train("SFT by turns, as in the RLM paper.", ["prompt", "completion"], completion_only_loss=True)
