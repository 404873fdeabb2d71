"""Draws a figure of a training over its steps as SVG, out of what the trainer logged.

    python curve.py --figure loss --out loss.svg runs/distil/sft [runs/distil/sft-again …]
"""

from __future__ import annotations

import argparse
import json
from html import escape
from pathlib import Path

WIDE, HIGH, LEFT, TOP = 640, 320, 56, 24
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
DASHES = ["none", "6 3", "2 2", "8 2 2 2"]


def logged(out: str, figure: str) -> list[tuple[int, float]]:
    """(step, value) of a training, from its last checkpoint."""
    states = sorted(Path(out).glob("checkpoint-*/trainer_state.json"), key=lambda path: int(path.parent.name.split("-")[1]))
    if not states:
        raise SystemExit(f"{out}: expected a folder with checkpoint-N/trainer_state.json")
    history = json.loads(states[-1].read_text())["log_history"]
    return [(row["step"], float(row[figure])) for row in history if figure in row]


def main() -> None:
    """Draws one line for each training."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--figure", default="loss", help="a name in the trainer's log, such as loss or reward")
    parser.add_argument("--out", required=True, help="the SVG to write")
    parser.add_argument("trainings", nargs="+")
    flags = parser.parse_args()
    lines = {one: logged(one, flags.figure) for one in flags.trainings}
    points = [point for line in lines.values() for point in line]
    if not points:
        raise SystemExit(f"no training logged {flags.figure!r}")
    last, top, low = max(x for x, _ in points), max(y for _, y in points), min(0.0, *(y for _, y in points))
    across = lambda x: LEFT + (WIDE - LEFT - 16) * x / max(1, last)
    up = lambda y: HIGH - 40 - (HIGH - 40 - TOP) * (y - low) / ((top - low) or 1)
    marks = [low + (top - low) * part / 4 for part in range(5)]
    grid = "".join(f'<path d="M{LEFT} {up(y):.1f}H{WIDE - 16}" stroke="#ddd"/><text x="{LEFT - 6}" y="{up(y) + 4:.1f}" '
                   f'text-anchor="end">{y:.2g}</text>' for y in marks)
    steps = "".join(f'<text x="{across(x):.1f}" y="{HIGH - 22}" text-anchor="middle">{x}</text>' for x in {0, last // 2, last})
    drawn = ""
    for turn, (name, line) in enumerate(lines.items()):
        path = "L".join(f"{across(x):.1f} {up(y):.1f}" for x, y in line)
        drawn += f'<path d="M{path}" fill="none" stroke="{COLOURS[turn % 4]}" stroke-width="2" stroke-dasharray="{DASHES[turn % 4]}"/>'
        drawn += f'<text x="{WIDE - 20}" y="{TOP + 14 * turn}" text-anchor="end" fill="{COLOURS[turn % 4]}">{escape(Path(name).name)}</text>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12" role="img">'
    title = f"<title>{escape(flags.figure)} by step</title><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    axis = f'<text x="{(LEFT + WIDE) / 2}" y="{HIGH - 6}" text-anchor="middle">step</text><text x="8" y="14">{escape(flags.figure)}</text>'
    Path(flags.out).write_text(f"{head}{title}{grid}{steps}{axis}{drawn}</svg>\n")


if __name__ == "__main__":
    main()
