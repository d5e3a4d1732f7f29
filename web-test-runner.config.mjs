import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import * as puppeteer from 'puppeteer-core';
import { browsersUnderTest, launchOptions } from './test/helpers/browser.mjs';
import { reporter } from './test/helpers/reporter.mjs';

const names = browsersUnderTest();
if (names.length === 0)
  throw new Error('No browser to test in: install Chromium or Firefox, or set RTC_CHROMIUM.');

export default {
  files: ['test/core/**/*.test.ts', 'test/components/**/*.test.ts'],
  // Debian's Firefox speaks WebDriver BiDi, so the launcher made for Chromium drives it too.
  browsers: names.map((name) => chromeLauncher({ puppeteer, launchOptions: launchOptions(name) })),
  nodeResolve: { exportConditions: ['development', 'browser'] },
  // One page at a time in each browser: a page in the background gets slow timers and no video frames.
  concurrency: 1,
  concurrentBrowsers: 2,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 180_000,
  testFramework: { config: { timeout: 10_000 } },
  // Without `tsconfig` esbuild ignores the decorator settings; `target: 'auto'` leaves decorators in.
  plugins: [
    esbuildPlugin({
      ts: true,
      target: 'es2022',
      tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
    }),
  ],
  reporters: [reporter()],
};
