/** BullMQ's worker, for a server to which others write: hands out an unreadable job as an empty one, which is then refused by name. */
import type { JobJson } from "bullmq";
import type { RedisPackages } from "./packages.ts";

/** The most characters of a job's data. A job holds no context, and its task's other fields are shorter than this. */
const MOST_JOB_CHARS = 2 ** 26;

/** BullMQ's own class would throw at such a job, leave it in the queue, and meet it again without end. */
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
