/** A rate limit that all processes of a run share, by the clock of Redis. */
import type { Redis } from "ioredis";
import type { Pace } from "../../models/pace.ts";

/** The same algorithm as `LocalPace`; in microseconds, since Redis keeps whole numbers exactly. */
const BOOK = `
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local booked = tonumber(redis.call("GET", KEYS[1]) or 0)
local from = math.max(now, booked)
local till = math.floor(math.max(0, (ARGV[2] == "1" and booked or from) + ARGV[1]))
redis.call("SET", KEYS[1], string.format("%.0f", till), "EX", 600)
return math.max(0, from - now - 1000000)`;

export class RedisPace implements Pace {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #microsEach: number;

  constructor(redis: Redis, key: string, perMinute: number) {
    this.#redis = redis;
    this.#key = key;
    this.#microsEach = 60_000_000 / perMinute;
  }

  async book(amount: number): Promise<number> {
    return Number(await this.#change(amount, "0")) / 1000;
  }

  giveBack(amount: number): void {
    this.#change(-amount, "1").catch(() => {});
  }

  #change(amount: number, isCorrection: "0" | "1"): Promise<unknown> {
    return this.#redis.eval(BOOK, 1, this.#key, Math.round(amount * this.#microsEach), isCorrection);
  }
}
