/** How the scripts run other programs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs a program of an installed package; true if it succeeds. `quietly`: its output counts only if it fails.
 */
export function tool(packageName, args, { bin: binName = packageName, quietly = false } = {}) {
  const folder = join('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return node([join(folder, typeof bin === 'string' ? bin : bin[binName]), ...args], quietly);
}

export function node(args, quietly = false) {
  const output = quietly ? 'pipe' : 'inherit';
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { stdio: ['ignore', output, output] });
  if (quietly && status !== 0) process.stdout.write(Buffer.concat([stdout, stderr]));
  return status === 0;
}
