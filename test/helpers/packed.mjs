/** The package as it would be published, in a project that has nothing else. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const exec = promisify(execFile);

/**
 * Packs the package and unpacks it into the node_modules of a new folder; what it depends on, and `further` packages,
 * are links to those of the repository.
 *
 * @param {string[]} [further]
 * @returns {Promise<{ folder: string, remove: () => Promise<void> }>}
 */
export async function packedProject(further = []) {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-call-project-'));
  const modules = join(folder, 'node_modules');
  const home = join(modules, 'rtc-call');
  await mkdir(home, { recursive: true });
  const { stdout } = await exec('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const [{ filename }] = JSON.parse(stdout);
  await exec('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', home]);
  const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), ...further]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name), 'dir');
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
