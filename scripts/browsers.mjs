/**
 * Finds the browsers that the tests run in. Nothing is downloaded: a browser that is already there is used, and on
 * a Debian machine the packages can be installed.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const BROWSERS = {
  chromium: {
    env: ['RTC_CHROMIUM', 'CHROME_PATH'],
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    apps: ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium'],
    debian: 'chromium',
  },
  firefox: {
    env: ['RTC_FIREFOX', 'FIREFOX_PATH'],
    names: ['firefox', 'firefox-esr'],
    apps: ['Firefox.app/Contents/MacOS/firefox'],
    debian: 'firefox-esr',
  },
};

const VERSION_TIMEOUT_MS = 20_000;

/** True when the program starts: Ubuntu's `chromium-browser` is a script that only asks for a snap. */
function runs(path) {
  // Windows browsers print no version; they open a window instead.
  if (process.platform === 'win32') return existsSync(path);
  const result = spawnSync(path, ['--version'], { timeout: VERSION_TIMEOUT_MS, encoding: 'utf8' });
  return result.status === 0 && /\d+\.\d+/.test(result.stdout);
}

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (folder && runs(path)) return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function findOne(browser, notes) {
  const { env, names, apps } = BROWSERS[browser];
  for (const variable of env) {
    const path = process.env[variable];
    if (!path) continue;
    if (runs(path)) return path;
    notes.push(`${variable}=${path} does not run.`);
  }
  for (const name of names) {
    const path = onPath(name);
    if (path) return path;
  }
  if (process.platform === 'darwin') {
    for (const folder of ['/Applications', join(process.env.HOME ?? '', 'Applications')]) {
      for (const app of apps) {
        const path = join(folder, app);
        if (existsSync(path) && runs(path)) return path;
      }
    }
  }
  return undefined;
}

const canInstall = () =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

function installPackages(packages, notes) {
  console.log(`Installing ${packages.join(' and ')} with apt-get…`);
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  if (!apt('update', '-qq')) notes.push('apt-get update failed.');
  for (const name of packages) {
    if (!apt('install', '-y', '-qq', '--no-install-recommends', name))
      notes.push(`apt-get install ${name} failed.`);
  }
}

/**
 * Looks for Chromium and Firefox: environment variables first (RTC_CHROMIUM, CHROME_PATH; RTC_FIREFOX,
 * FIREFOX_PATH), then the usual names on PATH, then the macOS application folders.
 *
 * @param {{ install?: boolean, wanted?: ('chromium' | 'firefox')[] }} [options] `install`: on Debian and as root,
 *   install what is missing.
 * @returns {{ chromium?: string, firefox?: string, notes: string[] }} the paths found; `notes` say in plain words what
 *   is missing and what to do about it.
 */
export function findBrowsers({ install = false, wanted = ['chromium', 'firefox'] } = {}) {
  const notes = [];
  const found = {};
  for (const browser of wanted) {
    const path = findOne(browser, notes);
    if (path) found[browser] = path;
  }
  const missing = wanted.filter((browser) => !found[browser]);
  if (missing.length > 0 && install && canInstall()) {
    installPackages(
      missing.map((browser) => BROWSERS[browser].debian),
      notes,
    );
    for (const browser of missing) {
      const path = findOne(browser, notes);
      if (path) found[browser] = path;
    }
  }
  for (const browser of wanted) {
    if (found[browser]) continue;
    const { env, debian } = BROWSERS[browser];
    notes.push(
      `No ${browser} found. Install it (Debian: apt-get install ${debian}) or set ${env[0]} to the program's path.`,
    );
  }
  return { ...found, notes };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { notes, ...found } = findBrowsers({ install: process.argv.includes('--install') });
  for (const [browser, path] of Object.entries(found)) console.log(`${browser}: ${path}`);
  for (const note of notes) console.error(note);
  process.exitCode = Object.keys(found).length > 0 ? 0 : 1;
}
