/** Replies whose check against a schema would take for ever: each is ended after five seconds. */
import { expect, it } from "vitest";
import { delegationEnvs, modelThat } from "./delegation-env.ts";

const { play } = delegationEnvs();

it("a few checks that take too long hold up the end of their episode, and not each of them", async () => {
  const subModels = [modelThat(() => JSON.stringify("a".repeat(60)))];
  const code = `hs = [llm_start(str(i), schema={'pattern': '^(a|a)*b$'}) for i in range(8)]\nhs[-1].result()`;
  const { text, trajectory } = await play(code, { subModels });
  expect(text).toContain("checking the schema took more than 5 s");
  expect(trajectory.wallClock.seconds).toBeLessThan(25);
  // Another episode is not refused for that, whatever its name.
  const other = await play("print(llm_query('q', schema={'type': 'string'}))", { subModels });
  expect(other.trajectory.rolloutId).toBe(trajectory.rolloutId);
  expect(other.text).not.toContain("SchemaError");
}, 60_000);
