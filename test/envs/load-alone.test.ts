import { expect, it } from "vitest";
import { loadEnvironmentNamed, namesAlone } from "../../envs/load-alone.ts";
import { environments } from "../../envs/registry.ts";

it("the environments that load alone are those of the registry", () => {
  const names = environments.map(({ name }) => name) as string[];
  expect(namesAlone.filter((name) => !names.includes(name))).toEqual([]);
});

it.each([...environments])("$name loads as the registry has it", async (environment) => {
  expect(await loadEnvironmentNamed(environment.name)).toBe(environment);
});

it("a name that no environment has is refused with the names that exist", async () => {
  const names = environments.map(({ name }) => name).join(", ");
  await expect(loadEnvironmentNamed("toString")).rejects.toThrow(
    `unknown environment "toString"; expected one of ${names}, or --env FILE`,
  );
});
