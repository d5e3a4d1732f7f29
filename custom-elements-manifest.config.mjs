import { exportedParts, tags } from './scripts/element-sources.mjs';

/** `src/rtc-call.ts` → `dist/rtc-call.js`: the manifest describes the published files. */
const published = (path) => path.replace(/^\/?src\//, 'dist/').replace(/\.ts$/, '.js');

/** A reaction to the browser, as `connectedCallback` is one: nobody calls it. */
const reactions = ['connectedMoveCallback'];

const isPublic = ({ privacy, name }) =>
  (privacy ?? 'public') === 'public' && !name?.startsWith('#') && !reactions.includes(name);

/** Modules of classes and definitions; not those of styles, icons and the like, nor of the core. */
const isOfInterest = ({ path, declarations = [], exports = [] }) =>
  !path.startsWith('dist/core/') &&
  (declarations.some(({ kind }) => kind === 'class') ||
    exports.some(({ kind }) => kind === 'custom-element-definition'));

const byPath = (a, b) => (a.path < b.path ? -1 : 1);

/** Calls `visit` with every object in the tree. */
function walk(node, visit) {
  if (node === null || typeof node !== 'object') return;
  if (!Array.isArray(node)) visit(node);
  for (const value of Object.values(node)) walk(value, visit);
}

const oneLine = (node) => node.getText().replaceAll('readonly ', '').replace(/\s+/g, ' ').replace(/^\| /, '');

/** Of the types that are documented by name: what they stand for. `CallOptions['room']` → `string`. */
const meanings = new Map([['RTCIceTransportPolicy', "'all' | 'relay'"]]);
/** Interfaces whose members are asked for, and by which name. */
const described = {
  CallOptions: 'CallOptions',
  LocalMediaOptions: 'CallOptions',
  CallEventDetails: 'CallEventDetails',
};
const meaningOf = (text) => (meanings.has(text) ? meaningOf(meanings.get(text)) : text);

/** Writes out unions of texts and the types of settings, so that editors can offer the values. */
const plainTypes = {
  name: 'plain-types',
  analyzePhase({ ts, node }) {
    if (ts.isTypeAliasDeclaration(node) && /^(\| )?'/.test(node.type.getText())) {
      meanings.set(node.name.text, oneLine(node.type));
    }
    const owner = ts.isInterfaceDeclaration(node) && described[node.name.text];
    if (owner)
      for (const { name, type } of node.members) meanings.set(`${owner}['${name.text}']`, oneLine(type));
  },
  packageLinkPhase({ customElementsManifest }) {
    walk(customElementsManifest, ({ type, attributes }) => {
      if (typeof type?.text === 'string') type.text = meaningOf(type.text);
      // What markup holds is a text: editors would offer the name of the type.
      for (const attribute of attributes ?? [])
        if (attribute.type.text.endsWith('[]')) attribute.type = { text: 'string' };
    });
  },
};

/** Classes of events, and what they carry: `RtcMessageEvent` → `CallEventDetails['message']`. */
const details = new Map();

/** Events with the class and the type of what they carry; only those that are documented by `@fires`. */
const eventDetails = {
  name: 'event-details',
  analyzePhase({ ts, node }) {
    const detail =
      ts.isClassDeclaration(node) && node.heritageClauses?.[0]?.types[0]?.typeArguments?.[0]?.getText();
    if (/^Details\['[\w-]+'\]$/.test(detail || '')) details.set(node.name.text, `CallEvent${detail}`);
  },
  packageLinkPhase({ customElementsManifest: { modules } }) {
    for (const declaration of modules.flatMap(({ declarations }) => declarations)) {
      const detail = details.get(declaration.name);
      if (detail)
        declaration.members = [{ kind: 'field', name: 'detail', type: { text: detail }, readonly: true }];
      if (!declaration.events) continue;
      declaration.events = declaration.events.filter(({ description }) => description);
      for (const { type } of declaration.events) {
        const home = modules.find(({ declarations }) => declarations.some(({ name }) => name === type?.text));
        if (home) type.references = [{ name: type.text, module: home.path, start: 0, end: type.text.length }];
      }
      if (declaration.events.length === 0) delete declaration.events;
    }
  },
};

/** `@command --name - Meaning`: what `commandfor` and `command` ask of an element. The schema has no place for it. */
const commands = {
  name: 'commands',
  analyzePhase({ ts, node, moduleDoc }) {
    if (!ts.isClassDeclaration(node)) return;
    const found = ts
      .getJSDocTags(node)
      .filter(({ tagName }) => tagName.text === 'command')
      .map(({ comment }) => /^(\S+)\s+-\s+([^]*)$/.exec(comment))
      .map(([, name, description]) => ({ name, description }));
    if (found.length > 0) moduleDoc.declarations.find(({ name }) => name === node.name.text).commands = found;
  },
};

/** Parts of inner elements that can be styled from outside, with the description that they have there. */
const innerParts = {
  name: 'inner-parts',
  packageLinkPhase({ customElementsManifest: { modules } }) {
    const declarations = modules.flatMap((module) => module.declarations ?? []);
    const find = (tag) => declarations.find(({ tagName }) => tagName === tag);
    const done = new Set();
    const add = (tag) => {
      if (done.has(tag)) return;
      done.add(tag);
      const parts = (find(tag).cssParts ??= []);
      const own = new Set(parts.map(({ name }) => name));
      for (const { inner, name } of exportedParts(tag)) {
        add(inner);
        const original = find(inner).cssParts.find((part) => part.name === name);
        if (original && !own.has(name)) {
          own.add(name);
          const origin = original.description.endsWith('>`.') ? '' : ` Of \`<${inner}>\`.`;
          parts.push({ description: original.description + origin, name });
        }
      }
      if (parts.length === 0) delete find(tag).cssParts;
    };
    for (const tag of tags) add(tag);
  },
};

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
      // What elements have in common is no element: editors would offer a tag.
      if (node.customElement && !node.tagName) delete node.customElement;
      if (typeof node.path === 'string') node.path = published(node.path);
      if (typeof node.module === 'string') node.module = published(node.module);
    });
    manifest.modules = manifest.modules.filter(isOfInterest).sort(byPath);
  },
};

export default {
  // define.ts holds the customElements.define() calls, where the analyzer finds the tag names; the files of the core
  // are read for their types.
  globs: [
    'src/components/**/*.ts',
    'src/define.ts',
    'src/core/{call-events,capture,call-options,call-state,dialects}.ts',
  ],
  exclude: ['src/components/locales/**'],
  litelement: true,
  // package.json has its `customElements` field already.
  packagejson: false,
  plugins: [commands, eventDetails, plainTypes, innerParts, publicApiOnly],
};
