/** A secret in the URL of a server is shown by no message, and is not recorded. */
import { describe, expect, it } from "vitest";
import { Upstream } from "../../src/gateway/upstream.ts";
import { GatewayClient } from "../../src/gateway/client.ts";
import { plainUrl } from "../../src/http/plain-url.ts";
import { openaiModel } from "../../src/models/openai/openai.ts";

const SECRET = "SECRETKEY";
const URLS = [
  `http://user:${SECRET}@host/v1`,
  `http://${SECRET}@host/v1`,
  `http://host/v1?api_key=${SECRET}`,
  `http://host/v1#${SECRET}`,
  `htp://user:${SECRET}@host/v1`,
  `user:${SECRET}@host`,
  `http://user:${SECRET}@ho st/`,
  `//user:${SECRET}@host/`,
  `http://host:99999/?key=${SECRET}`,
  SECRET,
];

describe.each<[string, (url: string) => unknown]>([
  ["a server's URL", (url) => plainUrl(url, "--base-url")],
  ["a model's base URL", (url) => openaiModel({ model: "m", baseUrl: url })],
  ["a gateway's upstream", (url) => new Upstream({ url })],
  ["a gateway", (url) => new GatewayClient({ gateway: url })],
])("%s", (_, take) => {
  it.each(URLS)("is refused, and not shown: %s", (url) => {
    let message = "";
    try {
      take(url);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/expected/);
    expect(message).not.toContain(SECRET);
  });

  it("is taken if it holds no more than its path", () => {
    expect(() => take("http://host:8000/v1/")).not.toThrow();
  });
});
