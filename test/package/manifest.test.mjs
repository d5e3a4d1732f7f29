/** custom-elements.json against the sources: it holds every public name that there is, and none that is not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import Ajv from 'ajv';
import ts from 'typescript';
import { exportedParts, sourcesOf, tags } from '../../scripts/element-sources.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('custom-elements.json'));
const declarations = manifest.modules.flatMap((module) => module.declarations ?? []);
const elementOf = (tag) => declarations.find(({ tagName }) => tagName === tag);
const names = (entries = []) => entries.map(({ name }) => name);

/** What the first group of an expression finds in all texts, each once. */
const found = (texts, expression) => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(expression)].map(([, name]) => name))),
];

/** What stands for `${…}` in the names of parts and slots. */
const values = (tag, expression) => {
  if (expression === 'kind') return ['microphone', 'camera', ...(tag === 'rtc-devices' ? ['speaker'] : [])];
  if (expression === 'id') return ['devices', 'more'];
  const choice = /^\w+ \? '([\w-]*)' : '([\w-]*)'$/.exec(expression);
  assert.ok(choice, `What is \${${expression}} in a template of <${tag}>?`);
  return choice.slice(1);
};

/** `icon-${kind}` → `icon-microphone`, `icon-camera` */
function expand(tag, word) {
  const match = /^([^]*?)\$\{([^}]*)\}([^]*)$/.exec(word);
  if (!match) return [word];
  const [, before, expression, rest] = match;
  return values(tag, expression).flatMap((value) => expand(tag, before + value + rest));
}

function assertSame(words, documented, what) {
  const isThere = new Set(words);
  for (const word of isThere) assert.ok(documented.includes(word), `${what} "${word}" is not documented`);
  for (const name of documented)
    assert.ok(isThere.has(name), `${what} "${name}" is documented, but not there`);
}

/** Slots of inner elements that `<rtc-call>` hands on: `title` of `<rtc-join>` as `join-title`; icons as they are. */
const slotsHandedOn = () => [
  ...['join', 'controls', 'chat'].flatMap((inner) =>
    names(elementOf(`rtc-${inner}`).slots).map((name) =>
      name.startsWith('icon-') ? name : `${inner}-${name}`,
    ),
  ),
  ...['placeholder', 'placeholder-ID', 'captions-ID'],
];

/** The members of an element's class that are public, by the compiler's parser. */
function membersOf(tag) {
  const file = ts.createSourceFile(tag, read(`src/components/${tag}.ts`), ts.ScriptTarget.ES2022, true);
  const [declaration] = file.statements.filter(
    (node) => ts.isClassDeclaration(node) && node.heritageClauses?.[0]?.getText().endsWith('Element'),
  );
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const inherited = /Callback$|^styles$/;
  return declaration.members
    .filter((member) => member.name && !ts.isPrivateIdentifier(member.name))
    .filter((member) => !member.modifiers?.some(({ kind }) => hidden.includes(kind)))
    .filter((member) => !inherited.test(member.name.text))
    .map((member) => {
      const text = (ts.getDecorators(member) ?? [])
        .map((decorator) => decorator.getText())
        .find((decorator) => decorator.startsWith('@property('));
      const name = member.name.text;
      const attribute = text && (/\battribute: '([\w-]+)'/.exec(text)?.[1] ?? name.toLowerCase());
      return { name, attribute: /\battribute: false/.test(text ?? '') ? undefined : attribute };
    });
}

describe('custom-elements.json', () => {
  it('is valid by the schema of its version', () => {
    const require = createRequire(import.meta.url);
    const schema = require('custom-elements-manifest/schema.json');
    const validate = new Ajv({ schemaId: 'auto', allErrors: true, logger: false }).compile(schema);
    assert.ok(validate(manifest), JSON.stringify(validate.errors, null, 2));
    assert.equal(manifest.schemaVersion, '2.1.0');
  });

  it('names published files only', () => {
    const paths = JSON.stringify(manifest).match(/"(?:path|module)":"[^"]*"/g);
    for (const path of paths) assert.match(path, /:"(dist\/[\w/-]+\.js|[@\w/-]+)"$/);
    for (const tag of tags) {
      const module = manifest.modules.find(({ declarations: [first] = [] }) => first?.tagName === tag);
      assert.equal(module?.path, `dist/components/${tag}.js`);
    }
  });

  for (const tag of tags) {
    it(`holds the properties, methods and attributes of <${tag}>`, () => {
      const { members = [], attributes = [] } = elementOf(tag);
      const expected = membersOf(tag);
      assert.deepEqual(new Set(names(members)), new Set(expected.map(({ name }) => name)));
      for (const { name, attribute } of expected) {
        const member = members.find((one) => one.name === name);
        assert.ok(member.description, `${name} has no description`);
        if (member.kind === 'field') assert.ok(member.type?.text, `${name} has no type`);
        if (attribute) assert.ok(names(attributes).includes(attribute), `attribute ${attribute} is missing`);
      }
      const expectedAttributes = expected.map(({ attribute }) => attribute).filter(Boolean);
      assert.deepEqual(names(attributes).sort(), expectedAttributes.sort());
    });

    it(`holds slots, parts and states of <${tag}>`, () => {
      const { slots, cssParts, cssStates } = elementOf(tag);
      const texts = sourcesOf(tag);
      const inner = exportedParts(tag);
      for (const { inner: innerTag, name } of inner) {
        const known = names(elementOf(innerTag).cssParts);
        assert.ok(known.includes(name), `<${tag}> exports ${name}, which <${innerTag}> does not have`);
      }
      const written = found(texts, /[^t]part="([^"]*)"/g)
        .flatMap((words) => words.split(/ (?![^{]*\})/))
        .flatMap((word) => expand(tag, word));
      const chosen = found(texts, /[^t]part=\$\{[^}]*'([\w-]+)'[^}]*\}/g);
      assertSame([...written, ...chosen, ...names(inner)], names(cssParts), 'part');

      const named = found(texts, /<slot name="([^"]*)"/g).flatMap((word) => expand(tag, word));
      const unnamed = texts.some((text) => /<slot[ >](?!name)/.test(text)) ? [''] : [];
      // A slot that is handed on to an inner element is one of this element all the same.
      const handedOn = tag === 'rtc-call' ? slotsHandedOn() : [];
      assertSame([...named, ...unnamed, ...handedOn], names(slots), 'slot');

      const set = texts.flatMap((text) => [
        ...found([text], /setState\(\s*'([\w-]+)'/g),
        ...[...text.matchAll(/setStates\(\{([^]*?)\}\)/g)].flatMap(([, states]) =>
          [...states.matchAll(/(?:^|[{,])\s*'?([\w-]+)'?(?=\s*[:,}]|\s*$)/g)].map(([, name]) => name),
        ),
        ...found([text], /const phase of \[([^\]]*)\]/g).flatMap((list) => found([list], /'(\w+)'/g)),
      ]);
      assertSame(set, names(cssStates), 'state');
    });

    it(`holds the events that <${tag}> fires`, () => {
      const plain = found([read(`src/components/${tag}.ts`)], /dispatchEvent\(new Event\('([\w-]+)'/g);
      const { events = [] } = elementOf(tag);
      const calls =
        tag === 'rtc-call' ? found([read('src/components/events.ts')], /super\('(rtc-[\w-]+)'/g) : [];
      assert.deepEqual(names(events).sort(), [...plain, ...calls].sort());
    });
  }

  it('says what every event of <rtc-call> carries', () => {
    const { events } = elementOf('rtc-call');
    assert.ok(events.length > 0);
    for (const { name, type, description } of events) {
      assert.ok(description, `${name} has no description`);
      const [reference] = type.references;
      const { declarations: classes } = manifest.modules.find(({ path }) => path === reference.module);
      const { members } = classes.find((one) => one.name === reference.name);
      const detail = members.find((member) => member.name === 'detail').type.text;
      assert.match(detail, /^\{ .+ \}$|^SignalMessage$/, `${name} carries ${detail}`);
    }
  });

  it('holds every custom property that a style reads', () => {
    const styles = tags.flatMap((tag) => sourcesOf(tag));
    const used = found(styles, /var\(\s*(--rtc-[\w-]+)/g);
    assert.ok(used.length > 20);
    assertSame(used, names(elementOf('rtc-call').cssProperties), 'custom property');
  });

  it('holds every command', () => {
    const commands = found([read('src/components/commands.ts')], /^ {2}'(--[\w-]+)': \(/gm);
    assertSame(commands, names(elementOf('rtc-call').commands), 'command');
  });

  it('writes out the values that an attribute takes', () => {
    const typeOf = (tag, name) => elementOf(tag).attributes.find((one) => one.name === name).type.text;
    assert.equal(typeOf('rtc-call', 'layout'), "'auto' | 'grid' | 'speaker'");
    assert.equal(typeOf('rtc-call', 'dialect'), "'auto' | 'w3c' | 'simple-peer'");
    assert.equal(typeOf('rtc-call', 'ice-transport-policy'), "'all' | 'relay'");
    assert.equal(typeOf('rtc-call', 'ice-servers'), 'string');
  });

  it('registers every element in define.js', () => {
    const { exports } = manifest.modules.find(({ path }) => path === 'dist/define.js');
    const defined = exports.filter(({ kind }) => kind === 'custom-element-definition');
    assert.deepEqual(names(defined).sort(), [...tags].sort());
  });
});
