import { open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

const HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer', // a room's link is its key
};

/**
 * Makes a request listener that serves files and nothing else: no listings, no dot files, nothing
 * outside the folders given, links to elsewhere included.
 *
 * @param {Record<string, string>} folders - URL prefix, with slashes around it, to folder; the
 *   longest prefix that fits counts. `/` serves its folder's `index.html`.
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => Promise<void>}
 */
export function createStaticHandler(folders) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'Only GET and HEAD.', { Allow: 'GET, HEAD' });
    }
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/favicon.ico') return answer(response, 204);
    const prefix = prefixes.find((candidate) => path.startsWith(candidate));
    const segments = prefix === undefined ? null : safeSegments(path.slice(prefix.length) || 'index.html');
    const file = segments && (await openInside(folders[prefix], segments));
    if (!file) return answer(response, 404, 'Not found.');

    try {
      const { size } = await file.stat();
      response.writeHead(200, {
        ...HEADERS,
        'Content-Type': TYPES[extname(segments.at(-1)).toLowerCase()] ?? 'application/octet-stream',
        'Content-Length': size,
      });
      if (request.method === 'HEAD' || size === 0) response.end();
      else await pipeline(file.createReadStream({ autoClose: false, end: size - 1 }), response);
    } catch {
      response.destroy(); // the browser went away, or the file changed while it was read
    } finally {
      await file.close();
    }
  };
}

/** The decoded parts of a path, or null where one of them could lead out of its folder. */
function safeSegments(path) {
  try {
    const segments = path.split('/').map(decodeURIComponent);
    return segments.every((segment) => /^[^./\\\0][^/\\\0]*$/.test(segment)) ? segments : null;
  } catch {
    return null; // malformed percent-encoding
  }
}

/** Opens a plain file below `folder`, or null. */
async function openInside(folder, segments) {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...segments));
    if (!path.startsWith(root + sep)) return null;
    const file = await open(path);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch {
    return null;
  }
}

function answer(response, status, text = '', headers = {}) {
  response.writeHead(status, {
    ...HEADERS,
    ...(text && { 'Content-Type': 'text/plain; charset=utf-8' }),
    ...headers,
  });
  response.end(text);
}
