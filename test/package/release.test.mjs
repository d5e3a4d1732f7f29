/** How a release is made: the next version, its part of the changelog, the hashes in the documents. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { documents, withHashes } from '../../scripts/integrity.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const exec = promisify(execFile);

/** A repository in a folder of its own, with some files of this one, committed. */
async function repository(paths) {
  const folder = await mkdtemp(join(tmpdir(), 'rtc-call-release-'));
  for (const path of paths) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const git = (...args) =>
    exec('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, '.git/info/exclude'), 'node_modules\n');
  const commit = async () => {
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'A change');
  };
  await commit();
  return {
    git,
    commit,
    read: (path) => readFile(join(folder, path), 'utf8'),
    write: (path, text) => writeFile(join(folder, path), text),
    list: (path) => readdir(join(folder, path)),
    /** Runs a script of it; rejects where that fails. */
    run: (script) => exec(process.execPath, [`scripts/${script}`], { cwd: folder }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

describe('the next version', () => {
  let copy;
  let former;
  before(async () => {
    copy = await repository([
      '.changeset',
      'CHANGELOG.md',
      'package.json',
      'package-lock.json',
      'scripts',
      'src/version.ts',
    ]);
    former = JSON.parse(await copy.read('package.json')).version;
    await copy.write('.changeset/a-change.md', `---\n'rtc-call': minor\n---\n\nIt rings louder.\n`);
    await copy.commit();
    await copy.run('release-version.mjs');
  });
  after(() => copy?.remove());

  it('is everywhere where the former one was', async () => {
    const { version } = JSON.parse(await copy.read('package.json'));
    const [major, minor] = former.split('.').map(Number);
    assert.equal(version, `${major}.${minor + 1}.0`);
    const lock = JSON.parse(await copy.read('package-lock.json'));
    assert.deepEqual([lock.version, lock.packages[''].version], [version, version]);
    assert.match(await copy.read('src/version.ts'), new RegExp(`'${version.replaceAll('.', '\\.')}'`));
  });

  it('takes the changesets into the changelog, above what was there', async () => {
    const { version } = JSON.parse(await copy.read('package.json'));
    const changelog = await copy.read('CHANGELOG.md');
    assert.match(changelog, /^# rtc-call\n\n## /);
    const parts = [`## ${version}`, '### Minor Changes', 'It rings louder.', 'What comes next stands in'];
    const places = parts.map((part) => changelog.indexOf(part));
    assert.ok(places[0] > 0 && places.every((place, index) => index === 0 || place > places[index - 1]));
    const left = (await copy.list('.changeset')).filter((name) => name.endsWith('.md'));
    assert.deepEqual(
      left.filter((name) => name !== 'README.md'),
      [],
    );
  });

  it('leaves files that satisfy the formatter', async () => {
    const { stdout } = await copy.git('diff', '--name-only', '--diff-filter=AM');
    const files = stdout.trim().split('\n');
    assert.ok(files.includes('CHANGELOG.md'), stdout);
    const prettier = await import('prettier');
    for (const file of files) {
      const options = await prettier.resolveConfig(join(root, file));
      assert.ok(await prettier.check(await copy.read(file), { ...options, filepath: file }), file);
    }
  });
});

describe('public names in git', () => {
  let copy;
  before(async () => {
    copy = await repository([
      'scripts/manifest-diff.mjs',
      'package.json',
      'custom-elements.json',
      '.changeset/config.json',
    ]);
    await copy.git('tag', 'v0.1.0');
    const text = await copy.read('custom-elements.json');
    await copy.write('custom-elements.json', text.replaceAll('"no-audio"', '"mute"'));
    await copy.commit();
  });
  after(() => copy?.remove());

  it('that are gone since the last release stop continuous integration', async () => {
    await copy.write('README.md', 'A later commit.\n');
    await copy.commit();
    await assert.rejects(copy.run('manifest-diff.mjs'), ({ code, stderr }) => {
      assert.equal(code, 1);
      assert.match(stderr, /<rtc-call> attribute no-audio was public in v0\.1\.0 and is gone/);
      return true;
    });
  });

  it('may go with a changeset that says so', async () => {
    await copy.write('.changeset/mute.md', "---\n'rtc-call': minor\n---\n\nRenamed: `no-audio` → `mute`.\n");
    await copy.run('manifest-diff.mjs');
  });
});

describe('the hashes of a release', () => {
  const hashes = {
    'locales/de.js': `sha384-${'d'.repeat(64)}`,
    'rtc-call.iife.min.js': `sha384-${'i'.repeat(64)}`,
    'rtc-call.min.js': `sha384-${'m'.repeat(64)}`,
  };
  const release = { path: 'README.md', version: '1.2.3', hashes };
  const old = `sha384-${'o'.repeat(64)}`;
  const tag = (src, integrity = old) =>
    `<script src="${src}" integrity="${integrity}" crossorigin="anonymous"></script>`;
  const inText = (...lines) => `# A page\n\n\`\`\`html\n${lines.join('\n')}\n\`\`\`\n`;

  it('stand between the marks, once, with the version', async () => {
    const empty = '# A page\n\n<!-- integrity -->\n\n<!-- /integrity -->\n\nEnd.\n';
    const filled = await withHashes(empty, release);
    assert.ok(filled.includes(hashes['rtc-call.min.js']) && filled.includes(hashes['rtc-call.iife.min.js']));
    assert.match(filled, /rtc-call@1\.2\.3\/cdn\/rtc-call\.min\.js/);
    assert.ok(filled.endsWith('<!-- /integrity -->\n\nEnd.\n'));
    assert.equal(await withHashes(filled, release), filled);
  });

  it('replace those of the version before in every tag of a bundle, and in no other', async () => {
    const before = inText(
      tag('https://cdn.example.org/rtc-call@1.0.0/cdn/rtc-call.iife.min.js'),
      tag('/cdn/locales/de.js'),
      tag('/other.min.js'),
      tag('/not-rtc-call.min.js'),
    );
    const text = await withHashes(before, release);
    for (const part of [hashes['rtc-call.iife.min.js'], hashes['locales/de.js'], 'rtc-call@1.2.3'])
      assert.ok(text.includes(part), text);
    assert.equal(text.split(old).length - 1, 2, 'other scripts keep theirs');
  });

  it('do not appear where a page has none', async () => {
    const text = inText('<script src="/cdn/rtc-call.min.js"></script>');
    assert.equal(await withHashes(text, release), text);
  });

  it('are looked for in the README and every page of the documentation', () => {
    const found = documents();
    for (const path of ['README.md', 'docs/architecture.md', 'docs/decisions/0001-facts-not-optimism.md'])
      assert.ok(found.includes(path), path);
  });
});
