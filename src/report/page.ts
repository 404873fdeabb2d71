/** A report as one HTML file: tables and pictures, without scripts and without anything from elsewhere. */
import { withoutControlChars } from "../files/control-chars.ts";

/** A table with a heading above and notes below. */
export interface PageTable {
  readonly heading: string;
  readonly head: readonly string[];
  /** The first cell names its row. */
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** A picture as the text of an SVG, with what it shows in words. */
export interface PagePicture {
  readonly svg: string;
  readonly caption: string;
}

/** What a page shows, in this order. */
export interface ReportPage {
  readonly title: string;
  readonly notes: readonly string[];
  readonly pictures: readonly PagePicture[];
  readonly tables: readonly PageTable[];
  /** What the columns mean, as lines of text. */
  readonly explanation: string;
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 90rem; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .7rem; text-align: right; }
th[scope=row], thead th:first-child { text-align: left; }
figure { background: #fff; color: #222; margin: 1rem 0; overflow-x: auto; padding: .5rem; }
figure svg { height: auto; max-width: 100%; min-width: 40rem; }
pre { white-space: pre-wrap; }
`;

/** The whole file. The same page gives the same bytes; no text in it can become a mark or a script. */
export function reportPage({ title, notes, pictures, tables, explanation }: ReportPage): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<h1>${escaped(title)}</h1>`,
    ...notes.map(paragraph),
    ...pictures.map(figure),
    ...tables.map(section),
    `<details><summary>What the columns mean</summary><pre>${escaped(explanation)}</pre></details>`,
    "</html>",
    "",
  ].join("\n");
}

function figure({ svg, caption }: PagePicture): string {
  const named = svg.replace(/^<svg /, `<svg role="img" aria-label="${escaped(caption)}" `);
  return `<figure>${named}<figcaption>${escaped(caption)}</figcaption></figure>`;
}

function section({ heading, head, rows, notes }: PageTable): string {
  const cells = (row: readonly string[]) =>
    row.map((cell, index) =>
      index === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`,
    );
  return [
    "<section>",
    `<h2>${escaped(heading)}</h2>`,
    '<div class="wide"><table>',
    `<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map((row) => `<tr>${cells(row).join("")}</tr>`),
    "</tbody></table></div>",
    ...notes.map(paragraph),
    "</section>",
  ].join("\n");
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return withoutControlChars(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}
