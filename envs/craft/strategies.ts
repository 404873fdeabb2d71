/** The strategies of craft: by a plan in code, and step by step with a sub-model, alone or with helpers that work on parts. */
import {
  DONE,
  INFO_MARK,
  INVENTORY_MARK,
  LEVELS_MARK,
  LOG_MARK,
  stepInstruction,
} from "../../datasets/craft/wording.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { pythonString, type Script, scriptedPolicy } from "../../src/policies/strategies/scripted.ts";

/** Steps of one episode at most, so that a model that goes round in circles ends. */
const MOST_STEPS = 200;
/** Levels of helpers below the first episode. Each works on half of the depth, so that two suffice. */
const HELPER_LEVELS = 2;

/** Reads all recipes that it needs in code, plans from the target down, and crafts from the lowest item up. */
export function planInCode(): Policy {
  return scriptedPolicy("solve", function* () {
    yield { code: PLAN };
    yield {
      code: "for item, ingredients, count in reversed(plan):\n    print(craft(ingredients, (item, count)))",
    };
    yield { code: 'FINAL("crafted")' };
  });
}

const PLAN = String.raw`
import re
known = {}
def info(item):
    if item not in known:
        known[item] = get_info([item])[0]
    return known[item]

inventory = view_inventory()
needed = {item: int(n) for n, item in re.findall(r"(\d+)x (\S+?)(?=,|\s|$)", context.splitlines()[0])}
plan = []
while missing := [item for item, n in needed.items() if n > inventory.get(item, 0)]:
    item = max(missing, key=lambda one: info(one)["crafting_depth"])
    count = needed.pop(item) - inventory.get(item, 0)
    if not info(item)["recipes"]:
        print("not enough of", item)
        continue
    recipe = info(item)["recipes"][0]
    crafts = -(-count // recipe["result_count"])
    ingredients = {name: n * crafts for name, n in recipe["ingredients"].items()}
    plan.append((item, ingredients, crafts * recipe["result_count"]))
    for name, n in ingredients.items():
        needed[name] = needed.get(name, 0) + n
print(len(plan), "crafts")`;

/** One episode works on all steps; before each, the sub-model reads the whole log. */
export function flat(): Policy {
  return scriptedPolicy("flat", () => stepping(0));
}

/** The same, but items that take many steps are left to children, each with a log of its own over the shared inventory. */
export function recursive(): Policy {
  // Which policy plays a child does not depend on its depth, so its question says how many levels are below it.
  const child = scriptedPolicy("recursive/helper", ({ observation }) => {
    const below = new RegExp(`^${LEVELS_MARK}(\\d+)$`, "m").exec(observation.question)?.[1];
    return stepping(Math.min(Number(below ?? 0), HELPER_LEVELS - 1));
  });
  return {
    ...scriptedPolicy("recursive", () => stepping(HELPER_LEVELS)),
    recursion: { maxDepth: HELPER_LEVELS + 1, childPolicy: () => child },
  };
}

function* stepping(helpersBelow: number): ReturnType<Script> {
  yield { code: stepsInPython(helpersBelow) };
  yield { code: "FINAL(report)" };
}

/** Works step by step until the sub-model says that it is done, and sets `report`. */
function stepsInPython(helpersBelow: number): string {
  return `
import json, re
instruction = ${pythonString(stepInstruction(helpersBelow > 0))}
goal = context.splitlines()[0]
log = []

def told(line):
    log.extend([line, ${pythonString(INVENTORY_MARK)} + json.dumps(view_inventory())])

def look(items):
    log.extend(${pythonString(INFO_MARK)} + json.dumps(info) for info in get_info(items))

def make(count, item):
    recipes = get_info([item])[0]["recipes"]
    if not recipes:
        return told(f"> craft {count} {item}: there is no recipe")
    crafts = max(1, -(-count // recipes[0]["result_count"]))
    ingredients = {name: n * crafts for name, n in recipes[0]["ingredients"].items()}
    told(f"> craft {count} {item}: " + craft(ingredients, (item, crafts * recipes[0]["result_count"])))

def leave(count, item):
    asked = f"Craft the following items: {count}x {item}"
    reply = rlm_query(asked + ${pythonString(`\n${LEVELS_MARK}${Math.max(0, helpersBelow - 1)}`)}, asked)
    told(f"> have {count} {item}: {reply}")

told("> begin")
look(re.findall(r"\\d+x (\\S+?)(?=,|\\s|$)", goal))
report = "not done: too many steps"
for step in range(${MOST_STEPS}):
    reply = llm_query("\\n\\n".join([instruction, goal, ${pythonString(LOG_MARK)} + "\\n" + "\\n".join(log)])).strip()
    if reply == ${pythonString(DONE)}:
        report = "done"
        break
    word, _, rest = reply.partition(" ")
    asked = re.fullmatch(r"(\\d+) (\\S+)", rest)
    if word == "look" and rest:
        look(re.split(r"[, ]+", rest.strip()))
    elif word == "craft" and asked:
        make(int(asked[1]), asked[2])
    elif word == "have" and asked and ${helpersBelow > 0 ? "True" : "False"}:
        leave(int(asked[1]), asked[2])
    else:
        told(f"> {reply[:200]}: not a step")
print(step + 1, "steps;", report)`;
}
