/** Checks what workers report, the record of an attempt or an event of a job: others may write to the same server. */
import { z } from "zod";
import { decryptedLine } from "../../data/encryption.ts";
import { DataError } from "../../errors.ts";
import { brokenChecksum } from "../../record/checksums.ts";
import { expectRecord, expectShape } from "../../record/expect-record.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { JsonObject } from "../../types.ts";
import type { JournalEvent } from "../queue-journal.ts";
import type { Lease } from "../queue.ts";
import { packedJson } from "./foreign-json.ts";

/** An attempt that a worker has played. */
export interface PlayedReport {
  readonly kind: "played";
  readonly lease: Lease;
  readonly trajectory: Trajectory;
}
/** What a worker reports. */
export type Report = PlayedReport | { readonly kind: "event"; readonly event: JournalEvent };

/** The coordinator's reply to a record, once it is on disk or refused. */
export const receiptShape = z.object({
  token: z.string(),
  /** True if the attempt must be repeated. */
  again: z.boolean(),
  /** Why the record is refused; nothing of it was written. */
  refused: z.string().max(10_000).optional(),
});
/** See `receiptShape`. */
export type Receipt = z.output<typeof receiptShape>;

const name = z.string().min(1).max(65_536);
const attempt = z.int().min(1);
const worker = z.string().min(1).max(1000);

/** Only the coordinator writes the other events. */
const event = z.object({
  event: z.enum(["leased", "lost", "failed"]),
  job: name,
  attempt: attempt.optional(),
  worker: worker.optional(),
  kind: z.enum(["lost", "job"]).optional(),
  message: z.string().max(10_000).optional(),
});

const lease = z.object({
  job: z.object({ id: name, payload: z.record(z.string(), z.unknown()) }),
  attempt,
  last: z.boolean(),
  worker,
  token: z.string().min(1).max(1000),
});

const report = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("event"), event }),
  z.looseObject({ kind: z.literal("played"), lease, trajectory: z.unknown() }),
]);

/** A report is refused. `lease` is the one whose holder waits for a receipt, null if the report does not name it. */
export class RefusedReport extends DataError {
  readonly lease: Lease | null;

  constructor(message: string, sender: Lease | null, options?: ErrorOptions) {
    super(message, options);
    this.lease = sender;
  }
}

/** The report in an entry of the stream. Throws `RefusedReport` whose message begins with `where` and names the field. */
export async function expectReport(bytes: Buffer | undefined, where: string): Promise<Report> {
  let sender: Lease | null = null;
  try {
    const value = decryptedLine(await packedJson(bytes, where), where);
    expectShape(report, value, where);
    const read = report.parse(value);
    if (read.kind === "event") return { kind: "event", event: read.event as JournalEvent };
    const { job, ...rest } = read.lease;
    sender = { job: { id: job.id, payload: job.payload as JsonObject }, ...rest };
    const trajectory = expectRecord(read.trajectory, `${where}: record of ${job.id.slice(0, 200)}`);
    const broken = brokenChecksum(trajectory);
    if (broken)
      throw new DataError(`${where}: record of ${job.id}: its checksums do not fit (${broken.label})`);
    return { kind: "played", lease: sender, trajectory };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new RefusedReport(error.message, sender, { cause: error });
  }
}
