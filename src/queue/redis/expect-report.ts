/** What a worker may report: a record of an attempt, or what happened to a job. Others write to the same server. */
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
export type Report = PlayedReport | { readonly kind: "event"; readonly event: JournalEvent };

/** What the coordinator says once a record is on disk, or is refused. */
export const receiptShape = z.object({
  token: z.string(),
  /** True where the attempt is to be made again. */
  again: z.boolean(),
  /** Why the record is not taken; nothing of it was written. */
  refused: z.string().max(10_000).optional(),
});
export type Receipt = z.output<typeof receiptShape>;

const name = z.string().min(1).max(65_536);
const attempt = z.int().min(1);
const worker = z.string().min(1).max(1000);

/** The other events are the coordinator's own. */
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

/** A report that is refused; `lease` is where its sender waits for word, null where it does not say. */
export class RefusedReport extends DataError {
  readonly lease: Lease | null;

  constructor(message: string, place: Lease | null, options?: ErrorOptions) {
    super(message, options);
    this.lease = place;
  }
}

/** The report in an entry of the stream. Throws `RefusedReport` that begins with `where` and names the field. */
export async function expectReport(bytes: Buffer | undefined, where: string): Promise<Report> {
  let place: Lease | null = null;
  try {
    const value = decryptedLine(await packedJson(bytes, where), where);
    expectShape(report, value, where);
    const read = report.parse(value);
    if (read.kind === "event") return { kind: "event", event: read.event as JournalEvent };
    const { job, ...rest } = read.lease;
    place = { job: { id: job.id, payload: job.payload as JsonObject }, ...rest };
    const trajectory = expectRecord(read.trajectory, `${where}: record of ${job.id.slice(0, 200)}`);
    const broken = brokenChecksum(trajectory);
    if (broken)
      throw new DataError(`${where}: record of ${job.id}: its checksums do not fit (${broken.label})`);
    return { kind: "played", lease: place, trajectory };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new RefusedReport(error.message, place, { cause: error });
  }
}
