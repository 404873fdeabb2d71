/** The flags of verbs that serve: where they listen, who may reach them, and when they end. */
import type { Options } from "yargs";

/** @param port the default port @param name the server in the help, such as "gateway" */
export function listenFlags(port: number, name: string) {
  return {
    port: { type: "number", default: port, describe: "port; 0 for any that is free" },
    host: {
      type: "string",
      default: "127.0.0.1",
      describe: "address; any but loopback needs --token-file",
    },
    "token-file": {
      type: "string",
      describe: "file of bearer tokens: one per line, with an optional expiry after it",
    },
    "tls-cert": { type: "string", describe: `PEM file of a certificate: the ${name} speaks HTTPS` },
    "tls-key": { type: "string", describe: "PEM file of the certificate's key" },
  } as const satisfies Record<string, Options>;
}

export const STDIN_FLAG = {
  type: "boolean",
  default: false,
  describe: "end when standard input ends, so that a killed parent leaves no server behind",
} as const;
