/** The test runner's globals: `describe`, `it` and the hooks. */
import type {} from 'mocha';
