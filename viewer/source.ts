/** Where the page's data comes from: the server that served it, or the file that it is in. */
import type { AuditTrail } from "../src/view/audit-shapes.ts";
import type {
  PageCoverage,
  PageEpisode,
  PageGold,
  PagePiece,
  PageRow,
  PageRows,
  PageRun,
  WrittenEpisode,
  WrittenPage,
} from "../src/view/page-shapes.ts";

/** Everything that the page may ask for. Each throws an `Error` whose message is for people. */
export interface Source {
  /** False for a file, whose runs do not go on. */
  readonly isLive: boolean;
  runs(): Promise<readonly PageRun[]>;
  rows(run: number, from: number): Promise<PageRows>;
  episode(run: number, row: number): Promise<PageEpisode>;
  text(run: number, row: number, path: string): Promise<string>;
  coverage(run: number, row: number): Promise<PageCoverage>;
  piece(run: number, row: number, start: number, end: number): Promise<PagePiece>;
  audit(run: number, row: number): Promise<AuditTrail>;
  gold(run: number, row: number): Promise<PageGold>;
}

export const source: Source = (() => {
  const written = document.getElementById("data");
  return written === null ? served() : fromFile(JSON.parse(written.textContent ?? "null") as WrittenPage);
})();

function served(): Source {
  const get = async <T>(path: string, query: Record<string, string | number> = {}): Promise<T> => {
    const words = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    const response = await fetch(`api/${path}?${words.toString()}`).catch(() => {
      throw new Error("the viewer's server has ended; start rlm-gym view again");
    });
    const body = (await response.json().catch(() => null)) as (T & { error?: string }) | null;
    if (!response.ok || body === null)
      throw new Error(body?.error ?? `the server answered ${response.status}`);
    return body;
  };
  return {
    isLive: true,
    runs: () => get("runs"),
    rows: async (run, from) => {
      const { fields, values, ...rest } = await get<{ run: PageRun; fields: string[]; values: unknown[][] }>(
        "rows",
        { run, from },
      );
      const rows = values.map(
        (value) => Object.fromEntries(fields.map((field, i) => [field, value[i]])) as unknown as PageRow,
      );
      return { ...rest, rows };
    },
    episode: (run, row) => get("episode", { run, row }),
    text: async (run, row, path) => (await get<PagePiece>("text", { run, row, path })).text,
    coverage: (run, row) => get("coverage", { run, row }),
    piece: (run, row, start, end) => get("piece", { run, row, start, end }),
    audit: (run, row) => get("audit", { run, row }),
    gold: (run, row) => get("gold", { run, row }),
  };
}

function fromFile(page: WrittenPage): Source {
  const held = (run: number, row: number): WrittenEpisode => {
    const found = page.episodes[`${run}/${row}`];
    if (!found) throw new Error("this episode is not in the file; rlm-gym view shows it from the run");
    return found;
  };
  return {
    isLive: false,
    runs: async () => page.runs.map(({ run }) => run),
    rows: async (run, from) => ({ run: page.runs[run]!.run, rows: page.runs[run]!.rows.slice(from) }),
    episode: async (run, row) => held(run, row).episode,
    text: async () => {
      throw new Error("the file has the beginning and the end of this text; rlm-gym view shows all of it");
    },
    coverage: async (run, row) => held(run, row).coverage,
    piece: async (run, row, start, end) => {
      const { pieces } = held(run, row);
      const piece = pieces.find((one) => one.start <= start && start < one.end);
      if (!piece)
        throw new Error("this part of the context is not in the file; rlm-gym view shows it from the run");
      const to = Math.min(end, piece.end);
      return { start, end: to, text: piece.text.slice(start - piece.start, to - piece.start) };
    },
    audit: async (run, row) => {
      const { audit } = held(run, row);
      if (audit === null) throw new Error("the file has no audit trail of this episode");
      return audit;
    },
    gold: async (run, row) => held(run, row).gold,
  };
}
