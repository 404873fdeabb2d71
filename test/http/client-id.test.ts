/** Ids that clients choose: any text that a header, a terminal and a URL can hold. */
import { expect, it } from "vitest";
import { clientId } from "../../src/http/client-id.ts";

it.each(["", "seven", "größe 7", "🎲", "x".repeat(255)])("takes %j", (id) => {
  expect(clientId.safeParse(id).success).toBe(true);
});

it.each(["a\nb", "\u001b[2J", "\0", "\udfff\ud800", "half \ud83c", "x".repeat(256)])("refuses %j", (id) => {
  expect(clientId.safeParse(id).success).toBe(false);
});
