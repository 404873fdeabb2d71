/** The software bill of materials, which goes out with the package. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

interface Component {
  readonly name: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly unknown[];
}

it("names the package, and the licence and the hash of each dependency", async () => {
  const tool = fileURLToPath(new URL("../../tools/sbom.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [tool], { maxBuffer: 2 ** 28 });
  const bill = JSON.parse(stdout) as {
    readonly bomFormat: string;
    readonly metadata: { readonly component: Component };
    readonly components: readonly Component[];
  };
  expect(bill.bomFormat).toBe("CycloneDX");
  expect(bill.metadata.component.name).toBe("rlm-gym");
  expect(bill.components.map(({ name }) => name)).toContain("pyodide");
  const bare = bill.components.filter(({ licenses, hashes }) => !licenses?.length || !hashes?.length);
  expect(bare.map(({ purl }) => purl)).toEqual([]);
});
