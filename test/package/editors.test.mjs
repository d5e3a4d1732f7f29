/** What editors are told of the elements, in the files that they read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('custom-elements.json'));
const elements = manifest.modules
  .flatMap(({ declarations }) => declarations)
  .filter(({ tagName }) => tagName);
const names = (entries = []) => entries.map(({ name }) => name).sort();

const files = ['vscode.html-custom-data.json', 'vscode.css-custom-data.json', 'web-types.json'];

describe('for editors', () => {
  for (const file of files) {
    it(`${file} has no gaps in its sentences`, () => {
      assert.doesNotMatch(read(`dist/${file}`), /undefined|\[object/);
    });
  }

  it('VS Code knows every tag, attribute and value', () => {
    const { tags } = JSON.parse(read('dist/vscode.html-custom-data.json'));
    assert.deepEqual(names(tags), elements.map(({ tagName }) => tagName).sort());
    for (const { tagName, attributes } of elements) {
      const tag = tags.find(({ name }) => name === tagName);
      assert.deepEqual(names(tag.attributes), names(attributes));
    }
    const layout = tags
      .find(({ name }) => name === 'rtc-call')
      .attributes.find(({ name }) => name === 'layout');
    assert.deepEqual(names(layout.values), ['auto', 'grid', 'speaker']);
  });

  it('VS Code knows every custom property and part', () => {
    const { properties, pseudoElements } = JSON.parse(read('dist/vscode.css-custom-data.json'));
    const call = elements.find(({ tagName }) => tagName === 'rtc-call');
    for (const name of names(call.cssProperties)) assert.ok(names(properties).includes(name), name);
    for (const name of names(call.cssParts))
      assert.ok(names(pseudoElements).includes(`::part(${name})`), name);
  });

  it('the editors of JetBrains find tags, properties and events', () => {
    const { 'web-types': path, name, version } = JSON.parse(read('package.json'));
    const types = JSON.parse(read(path));
    assert.deepEqual([types.name, types.version], [name, version]);
    const tags = types.contributions.html.elements;
    assert.deepEqual(names(tags), elements.map(({ tagName }) => tagName).sort());
    const call = tags.find((tag) => tag.name === 'rtc-call');
    assert.ok(names(call.js.properties).includes('iceServers'));
    assert.ok(names(call.js.events).includes('rtc-signal'));
    assert.ok(names(call.attributes).includes('ice-servers'));
  });
});
