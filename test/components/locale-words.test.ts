import { expect } from '@open-wc/testing';
import { ar } from '../../src/components/locales/ar.js';
import { de } from '../../src/components/locales/de.js';
import { en } from '../../src/components/locales/en.js';
import { es } from '../../src/components/locales/es.js';
import { fr } from '../../src/components/locales/fr.js';
import { hi } from '../../src/components/locales/hi.js';
import { ja } from '../../src/components/locales/ja.js';
import { ko } from '../../src/components/locales/ko.js';
import { ptBr } from '../../src/components/locales/pt-br.js';
import { ru } from '../../src/components/locales/ru.js';
import { zhCn } from '../../src/components/locales/zh-cn.js';
import { zhTw } from '../../src/components/locales/zh-tw.js';
import type { RtcTranslation } from '../../src/components/locales/translation.js';

const locales: readonly RtcTranslation[] = [ar, de, en, es, fr, hi, ja, ko, ptBr, ru, zhCn, zhTw];

/** Words that are the same in English, or taken from it. */
const loans: Readonly<Record<string, readonly string[]>> = {
  de: ['chat'],
  es: ['chat'],
  'pt-br': ['chat', 'layout'],
};

type Word = string | ((...words: unknown[]) => string);

/** The words by their names, without what tells of the language. */
const wordsOf = (locale: RtcTranslation): Map<string, Word> =>
  new Map(Object.entries(locale).filter((entry): entry is [string, Word] => !entry[0].startsWith('$')));

const say = (word: Word | undefined, args: readonly unknown[]): string =>
  typeof word === 'function' ? word(...args) : (word ?? '');

const counts = [1, 2, 5, 21].map((count) => [count, String(count)]);
const names = [
  ['Ana', 'Hi'],
  ['', ''],
];

describe('the words of', () => {
  it('each language differ in code and name', () => {
    for (const key of ['$code', '$name'] as const)
      expect(new Set(locales.map((locale) => locale[key])).size).to.equal(locales.length);
    expect(locales.filter(({ $dir }) => $dir === 'rtl')).to.deep.equal([ar]);
  });

  for (const locale of locales) {
    it(`${locale.$name} are all there, of the same kind as in English and not English`, () => {
      const words = wordsOf(locale);
      expect([...words.keys()].sort()).to.deep.equal([...wordsOf(en).keys()].sort());
      for (const [key, english] of wordsOf(en)) {
        const word = words.get(key);
        expect(typeof word, key).to.equal(typeof english);
        if (typeof word === 'function') expect(word.length, key).to.equal((english as typeof word).length);
        for (const args of key === 'chatUnread' ? counts : names) {
          const [said, meant] = [say(word, args), say(english, args)];
          expect(said === '', key).to.equal(meant === '');
          expect(said, key).not.to.match(/undefined|[{}$]|^\n|\n$| {2}/);
          if (args[0] === 'Ana') expect(said.includes('Ana'), key).to.equal(meant.includes('Ana'));
          // Behind a line break there is what to do.
          expect(said.split('\n').length, key).to.equal(meant.split('\n').length);
          const isOwn = said !== meant || meant === '' || locale === en || key === 'wrote';
          expect(isOwn || loans[locale.$code]?.includes(key), `${key}: ${said}`).to.be.true;
        }
      }
    });
  }

  it('Russian and Arabic count as they do', () => {
    expect([1, 2, 5, 21, 22].map((count) => ru.chatUnread(count, String(count)))).to.deep.equal([
      '1 новое сообщение',
      '2 новых сообщения',
      '5 новых сообщений',
      '21 новое сообщение',
      '22 новых сообщения',
    ]);
    expect([1, 2].map((count) => ar.chatUnread(count, String(count)))).to.deep.equal([
      'رسالة جديدة',
      'رسالتان جديدتان',
    ]);
    expect(ar.chatUnread(5, '٥')).to.match(/^٥ رسائل/);
    expect(ar.chatUnread(11, '١١')).to.match(/^١١ رسالة/);
  });
});
