/** `src/rtc-call.ts` → `dist/rtc-call.js`: the manifest describes the published files. */
const published = (path) => path.replace(/^\/?src\//, 'dist/').replace(/\.ts$/, '.js');

const isPublic = ({ privacy, name }) => (privacy ?? 'public') === 'public' && !name?.startsWith('#');

/** Modules of classes and definitions; not those of styles, icons and the like. */
const isOfInterest = ({ declarations = [], exports = [] }) =>
  declarations.some(({ kind }) => kind === 'class') ||
  exports.some(({ kind }) => kind === 'custom-element-definition');

const byPath = (a, b) => (a.path < b.path ? -1 : 1);

/** Calls `visit` with every object in the tree. */
function walk(node, visit) {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node)) visit(node);
  for (const value of Object.values(node)) walk(value, visit);
}

const publicApiOnly = {
  name: 'public-api-only',
  packageLinkPhase({ customElementsManifest: manifest }) {
    manifest.schemaVersion = '2.1.0';
    walk(manifest, (node) => {
      if (node.kind === 'class' && node.members) {
        node.members = node.members.filter(isPublic);
        if (node.members.length === 0) delete node.members;
        const fields = new Set(node.members?.map((member) => member.name));
        node.attributes = node.attributes?.filter(({ fieldName }) => !fieldName || fields.has(fieldName));
        if (!node.attributes?.length) delete node.attributes;
      }
      if (typeof node.path === 'string') node.path = published(node.path);
      if (typeof node.module === 'string') node.module = published(node.module);
    });
    manifest.modules = manifest.modules.filter(isOfInterest).sort(byPath);
  },
};

export default {
  // define.ts holds the customElements.define() calls, where the analyzer finds the tag names.
  globs: ['src/components/**/*.ts', 'src/define.ts'],
  exclude: ['src/components/locales/**'],
  litelement: true,
  // package.json has its `customElements` field already.
  packagejson: false,
  plugins: [publicApiOnly],
};
