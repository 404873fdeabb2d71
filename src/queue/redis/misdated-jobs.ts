/** Finds jobs with impossibly long waits. BullMQ dates a wait by the clock of the process in which the job failed, and that clock may be set. */
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { MAX_BACKOFF_MS } from "../queue.ts";

/** BullMQ's scores of delayed jobs are milliseconds times this. */
const SCORE_EACH_MS = 0x1000;
const AT_A_TIME = 100;

/** Ends the waits that are too long by the clock of Redis. */
export async function hastenMisdated(queue: Queue, redis: Redis): Promise<void> {
  const [seconds] = await redis.time();
  const latest = (Number(seconds) * 1000 + 2 * MAX_BACKOFF_MS) * SCORE_EACH_MS;
  const ids = await redis.zrangebyscore(queue.toKey("delayed"), latest, "+inf", "LIMIT", 0, AT_A_TIME);
  for (const id of ids) await (await queue.getJob(id))?.promote();
}
