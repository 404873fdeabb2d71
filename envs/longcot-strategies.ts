/** Policies in code for LongCoT's puzzles: one solves them by programs, one asks several times and takes what is said most. */
import type { Policy } from "../src/policies/policy.ts";
import { askOnce, readableChars } from "../src/policies/strategies/direct.ts";
import { setText } from "../src/policies/strategies/pieces.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "../src/policies/strategies/scripted.ts";

/** How often `vote` asks. */
const VOTES = 5;

/** Reads the puzzle in code and solves it by a program; a kind without one is left to a sub-model, as `direct` does. */
export function solve(instruction: (question: string) => string): Policy {
  return scriptedPolicy("solve", function* ({ observation: { question, context }, subModel }) {
    yield { code: `${setText(context)}\n${READ}` };
    yield { code: SOLVERS };
    yield {
      code: `
result = solved()
print("a program solves it:", result is not None)
if result is None:
${indented(askOnce(instruction(question), readableChars(subModel), context))}
    result = reply
else:
    result = "solution = " + result`,
    };
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** Has a sub-model solve the puzzle several times at once, and answers with the solution that is given most often. */
export function vote(instruction: (question: string) => string): Policy {
  return scriptedPolicy("vote", function* ({ observation: { question, context }, subModel }) {
    const limit = readableChars(subModel);
    yield {
      code: `${setText(context)}
prompts = ["Attempt %d. " % (i + 1) + ${pythonString(instruction(question))} + "\\n\\n" + text[:${limit}] for i in range(${VOTES})]
replies = llm_query_batched(prompts)
found = [reply.rpartition("solution =")[2].strip() for reply in replies]
print("solutions:", [one[:80] for one in found])`,
    };
    yield {
      code: `
from collections import Counter
result = "solution = " + Counter(found).most_common(1)[0][0]`,
    };
    yield { code: ANSWER_WITH_RESULT };
  });
}

function indented(code: string): string {
  return code.replaceAll(/^(?=.)/gm, "    ");
}

const READ = String.raw`
import json, re

def labelled(label):
    lines = re.findall(r"^" + re.escape(label) + r": (.*)$", text, re.MULTILINE)
    try:
        return json.loads(lines[-1].replace("(", "[").replace(")", "]").replace("'", '"')) if lines else None
    except ValueError:
        return None

print(len(text), "characters:", text[:200])`;

const SOLVERS = String.raw`
from itertools import combinations
MOD = 1000000007

def blocks(state, goal):
    state, moves = [list(stack) for stack in state], []
    def move(a, b):
        moves.append([state[a][-1], a, b])
        state[b].append(state[a].pop())
    for a in range(len(state)):
        while a != 1 and state[a]:
            move(a, 1)
    for wanted in goal[0] + [one for stack in goal[1:] for one in reversed(stack)]:
        a = 1 if wanted in state[1] else 2
        while state[a][-1] != wanted:
            move(a, 3 - a)
        move(a, 0)
    for to in range(len(goal) - 1, 0, -1):
        for _ in goal[to]:
            move(0, to)
    return moves

def discs(state, goal):
    place = {one: a for a, stack in enumerate(state) for one in stack}
    target = {one: a for a, stack in enumerate(goal) for one in stack}
    order, moves = sorted(place), []
    def shift(i, to):
        third = next(a for a in range(3) if a not in (place[order[i]], to))
        gather(i, third)
        moves.append([order[i], place[order[i]], to])
        place[order[i]] = to
    def gather(count, to):
        for i in range(count - 1, -1, -1):
            if place[order[i]] != to:
                shift(i, to)
    for i in range(len(order) - 1, -1, -1):
        if place[order[i]] != target[order[i]]:
            shift(i, target[order[i]])
    return moves

def sudoku(grid):
    side = len(grid)
    n = int(side ** 0.5)
    def free(r, c):
        used = set(grid[r]) | {row[c] for row in grid}
        used |= {grid[i][j] for i in range(r - r % n, r - r % n + n) for j in range(c - c % n, c - c % n + n)}
        return [one for one in range(1, side + 1) if one not in used]
    empty = [(free(r, c), r, c) for r in range(side) for c in range(side) if not grid[r][c]]
    if not empty:
        return grid
    numbers, r, c = min(empty, key=lambda one: len(one[0]))
    for number in numbers:
        grid[r][c] = number
        if sudoku(grid):
            return grid
    grid[r][c] = 0
    return None

def dungeon(rows):
    below = []
    for i, row in enumerate(reversed(rows)):
        needed = [1] * len(row)
        for c in range(len(row) - 1, -1, -1):
            after = ([needed[c + 1]] if c + 1 < len(row) else []) + ([below[c]] if below else [])
            needed[c] = max(1, (min(after) if after else 1) - row[c])
        below = needed
    return below[0]

def packaging(packages, suppliers):
    packages, wastes = sorted(packages), []
    for boxes in map(sorted, suppliers):
        if boxes and boxes[-1] >= packages[-1]:
            at = used = 0
            for one in packages:
                while boxes[at] < one:
                    at += 1
                used += boxes[at]
            wastes.append(used - sum(packages))
    return min(wastes) % MOD if wastes else -1

def turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

def parallel(a, b, c, d):
    return (b[0] - a[0]) * (d[1] - c[1]) == (b[1] - a[1]) * (d[0] - c[0])

def is_trapezoid(a, b, c, d):
    for p, q, r, s in ((a, b, c, d), (a, c, b, d), (a, b, d, c)):
        turns = [turn(p, q, r), turn(q, r, s), turn(r, s, p), turn(s, p, q)]
        if min(turns) > 0 or max(turns) < 0:
            return parallel(p, q, s, r) or parallel(q, r, p, s)
    return False

def wizards(strength):
    sums, total, rising = [0, 0], 0, []
    run = 0
    for one in strength:
        run += one
        sums.append(sums[-1] + run)
    for right in range(len(strength) + 1):
        while rising and (right == len(strength) or strength[rising[-1]] >= strength[right]):
            middle = rising.pop()
            left = rising[-1] if rising else -1
            after = (sums[right + 1] - sums[middle + 1]) * (middle - left)
            before = (sums[middle + 1] - sums[left + 1]) * (right - middle)
            total += strength[middle] * (after - before)
        rising.append(right)
    return total % MOD

def machine(rules, tape, steps):
    cells, state, at = dict(enumerate(tape)), 0, 0
    for _ in range(steps):
        cells[at], move, state = rules[state][cells.get(at, 0)]
        at += move
    return {"A1": state, "A2": at, "A3": sum(one != 0 for one in cells.values()),
            "A4": sum(place * one for place, one in cells.items())}

def solved():
    start, goal = labelled("Initial state"), labelled("Goal state")
    if start and goal:
        return json.dumps(discs(start, goal) if "disc" in text else blocks(start, goal))
    if labelled("Puzzle grid"):
        return json.dumps(sudoku(labelled("Puzzle grid")))
    if labelled("Grid layout"):
        return str(dungeon(labelled("Grid layout")))
    if labelled("Suppliers"):
        return str(packaging(labelled("Packages"), labelled("Suppliers")))
    if labelled("Points"):
        return str(sum(is_trapezoid(*four) for four in combinations(labelled("Points"), 4)))
    if labelled("Strength array"):
        return str(wizards(labelled("Strength array")))
    if labelled("Rules") and labelled("Tape"):
        return json.dumps(machine(labelled("Rules"), labelled("Tape"), labelled("Steps")))
    return None`;
