/** Languages with words in `cdn/locales/`; English is built in. */
const codes = ['en', 'ar', 'de', 'es', 'fr', 'hi', 'ja', 'ko', 'pt-br', 'ru', 'zh-cn', 'zh-tw'];
const rightToLeft = ['ar'];

/** Loads the words of a language; where they are not there, the call stays English. */
const load = (code) => (code === 'en' ? null : import(`/cdn/locales/${code}.js`).catch(() => null));

/**
 * Fills the `<select>` with the languages; what is chosen becomes the language of the page.
 *
 * @param {HTMLSelectElement} select
 */
export function fillLanguages(select) {
  for (const code of codes) {
    const name = new Intl.DisplayNames(code, { type: 'language' }).of(code);
    select.add(new Option(name, code));
  }
  select.onchange = async () => {
    await load(select.value);
    document.documentElement.lang = select.value;
    document.documentElement.dir = rightToLeft.includes(select.value) ? 'rtl' : 'ltr';
  };
  load('ar'); // the other end's
}
