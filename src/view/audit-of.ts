/** The audit trail of a rollout in a run's folder. */
import { hasContext, readContext } from "../runs/context-files.ts";
import type { IndexRow } from "../runs/index-row.ts";
import { auditTrail } from "./audit.ts";
import type { AuditTrail } from "./audit-shapes.ts";
import { expectOpen, type ViewedRun } from "./viewed-run.ts";

/**
 * Throws `DataError` for an encrypted set that is not to be shown, a record that cannot be read, and a stored context whose
 * bytes have another hash than its name.
 */
export async function auditOf({ index, plain }: ViewedRun, row: IndexRow): Promise<AuditTrail> {
  expectOpen(row, plain);
  const record = await index.read(row);
  const { context } = record.task;
  return auditTrail(
    record,
    hasContext(index.folder, context) ? await readContext(index.folder, context) : null,
  );
}
