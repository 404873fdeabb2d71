/** Small file systems, to see how a full or a read-only disk behaves. Mounting needs root; `canMount` says whether it works. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const canMount = tryMount();

/** Mounts an empty file system in memory on a folder; the options are mount's own, such as `size=64k` or `ro`. */
export function mounted(folder: string, options: string): () => void {
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
  if (status !== 0) throw new Error(`mount: ${stderr?.toString() ?? "no such command"}`);
  return () => {
    spawnSync("umount", [folder]);
  };
}

/** Changes the size of such a file system. */
export function resized(folder: string, options: string): void {
  const { status, stderr } = spawnSync("mount", ["-o", `remount,${options}`, folder]);
  if (status !== 0) throw new Error(`mount: ${stderr?.toString() ?? "no such command"}`);
}

function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "rlm-gym-mount-"));
  try {
    mounted(folder, "size=4k")();
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}
