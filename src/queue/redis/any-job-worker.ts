/** BullMQ's worker, for a server to which others write: a job that cannot be read is handed out as an empty one, to be refused by name. */
import type { JobJson } from "bullmq";
import type { RedisPackages } from "./packages.ts";

/** A job holds no context: its task's other fields have room in this many characters. */
const MOST_JOB_CHARS = 2 ** 26;

/** A class like BullMQ's own, which would throw at such a job and leave it to be met again without end. */
export function anyJobWorker({ Worker }: RedisPackages["bullmq"]): RedisPackages["bullmq"]["Worker"] {
  return class AnyJobWorker extends Worker {
    protected override createJob(data: JobJson, jobId: string) {
      const { name, data: text } = data;
      try {
        if (text.length <= MOST_JOB_CHARS) return super.createJob(data, jobId);
      } catch {
        // Not JSON.
      }
      return super.createJob({ ...data, name: typeof name === "string" ? name : jobId, data: "null" }, jobId);
    }
  };
}
