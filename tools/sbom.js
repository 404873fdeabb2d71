// @ts-check
/** Prints a software bill of materials of what is installed for use, in CycloneDX. npm names it after the folder; this, after the package. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const { name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const text = execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 2 ** 28,
});
const bill = JSON.parse(text);
bill.metadata.component.name = name;
console.log(JSON.stringify(bill, null, 2));
