/** A web server for tests: files of one folder, on the loopback interface only. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webmanifest': 'application/manifest+json',
};

const repository = fileURLToPath(new URL('../..', import.meta.url));

async function findFile(root, pathname) {
  const path = join(root, pathname);
  if (path !== root && !path.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  const info = await stat(path).catch(() => null);
  if (info?.isDirectory()) return pathname.endsWith('/') ? findFile(root, `${pathname}index.html`) : null;
  return info ? { path, size: info.size } : null;
}

/**
 * Serves a folder on a free port of the loopback interface. The address counts as secure, so devices work.
 *
 * @param {string} [root] the repository by default
 * @param {{ headers?: Record<string, Record<string, string>> }} [options] `headers`: further response headers by
 *   path, for example `{ '/test/e2e/pages/csp.html': { 'content-security-policy': "style-src 'none'" } }`;
 *   `'*'` stands for every path
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` ends without a slash
 */
export async function serve(root = repository, { headers = {} } = {}) {
  const folder = join(root, '.');
  const server = createServer((request, response) => {
    void (async () => {
      let pathname;
      try {
        pathname = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
      } catch {
        response.writeHead(400).end();
        return;
      }
      // A browser asks for the icon by itself: its absence is no problem of the page.
      if (pathname === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      const file = await findFile(folder, pathname);
      if (!file) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end(`Not found: ${pathname}`);
        return;
      }
      response.writeHead(200, {
        'cache-control': 'no-store',
        'content-type': TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream',
        'content-length': file.size,
        ...headers['*'],
        ...headers[pathname],
      });
      if (request.method === 'HEAD') response.end();
      else createReadStream(file.path).pipe(response);
    })();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
