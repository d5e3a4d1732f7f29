import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { farewells, publicNames, unannounced } from '../../scripts/manifest-diff.mjs';

/** A manifest with one element. */
const manifest = (element = {}, ...others) => ({
  schemaVersion: '2.1.0',
  modules: [
    {
      path: 'dist/components/rtc-call.js',
      declarations: [
        {
          kind: 'class',
          name: 'RtcCall',
          tagName: 'rtc-call',
          attributes: [{ name: 'no-audio' }, { name: 'no-audio-filter' }],
          members: [{ kind: 'method', name: 'start' }],
          events: [{ name: 'rtc-signal', description: 'A message.' }],
          slots: [{ name: '' }],
          cssParts: [{ name: 'stage' }],
          cssProperties: [{ name: '--rtc-gap' }],
          cssStates: [{ name: 'idle' }],
          commands: [{ name: '--start' }],
          ...element,
        },
        ...others,
      ],
    },
  ],
});

const changeset = (bump, body) => `---\n'rtc-call': ${bump}\n---\n\n${body}\n`;

describe('scripts/manifest-diff.mjs', () => {
  it('counts every kind of name', () => {
    assert.deepEqual([...publicNames(manifest()).keys()].sort(), [
      '<rtc-call>',
      '<rtc-call> attribute no-audio',
      '<rtc-call> attribute no-audio-filter',
      '<rtc-call> command --start',
      '<rtc-call> custom property --rtc-gap',
      '<rtc-call> event rtc-signal',
      '<rtc-call> member start',
      '<rtc-call> part stage',
      '<rtc-call> slot (default)',
      '<rtc-call> state idle',
      'class RtcCall',
    ]);
  });

  it('lets the same names and new ones pass', () => {
    const after = manifest({ cssParts: [{ name: 'stage' }, { name: 'seat' }] });
    assert.deepEqual(unannounced(manifest(), after, []), []);
  });

  for (const [key, name] of [
    ['attributes', '<rtc-call> attribute no-audio'],
    ['members', '<rtc-call> member start'],
    ['events', '<rtc-call> event rtc-signal'],
    ['slots', '<rtc-call> slot (default)'],
    ['cssParts', '<rtc-call> part stage'],
    ['cssProperties', '<rtc-call> custom property --rtc-gap'],
    ['cssStates', '<rtc-call> state idle'],
    ['commands', '<rtc-call> command --start'],
  ]) {
    it(`refuses that a name in ${key} goes, or is renamed`, () => {
      assert.ok(unannounced(manifest(), manifest({ [key]: [] }), []).includes(name));
      assert.ok(unannounced(manifest(), manifest({ [key]: [{ name: 'other' }] }), []).includes(name));
    });
  }

  it('refuses that an element or a class of events goes', () => {
    const event = { kind: 'class', name: 'RtcSignalEvent' };
    assert.deepEqual(unannounced(manifest({}, event), manifest(), []), ['class RtcSignalEvent']);
    assert.ok(unannounced(manifest(), { modules: [] }, []).includes('<rtc-call>'));
  });

  it('does not look at what is no interface', () => {
    const inner = { kind: 'class', name: 'TileArranger', members: [{ kind: 'method', name: 'put' }] };
    assert.deepEqual(unannounced(manifest({}, inner), manifest(), []), []);
    const seen = {
      members: [
        { kind: 'method', name: 'start' },
        { kind: 'method', name: 'connectedMoveCallback' },
      ],
      events: [{ name: 'rtc-signal', description: 'A message.' }, { name: 'detail' }],
    };
    assert.deepEqual(unannounced(manifest(seen), manifest(), []), []);
  });

  it('lets go what a changeset says by name', () => {
    const after = manifest({ attributes: [{ name: 'no-audio-filter' }] });
    const lines = (bump, body, version = '0.3.0') => farewells(changeset(bump, body), version);
    const goes = (...args) => unannounced(manifest(), after, lines(...args)).length === 0;
    assert.ok(goes('minor', 'Renamed: `no-audio` is `mute` now.'));
    assert.ok(goes('major', 'Removed no-audio.'));
    assert.ok(!goes('patch', 'Removed: `no-audio`.'));
    assert.ok(!goes('minor', 'Removed: `no-audio-filter`.'), 'another name');
    assert.ok(!goes('minor', '`no-audio` works in Firefox.'), 'a line about something else');
    assert.ok(!goes('minor', 'Removed: `no-audio`.', '1.2.0'), 'from 1.0 on only a major one');
    assert.ok(goes('major', 'Removed: `no-audio`.', '1.2.0'));
  });
});
