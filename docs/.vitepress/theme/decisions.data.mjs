import { createContentLoader } from 'vitepress';

/** The decisions for their index: where each is, and its title. */
export default createContentLoader('decisions/0*.md', {
  includeSrc: true,
  transform: (pages) =>
    pages
      .map(({ url, src }) => ({ url, title: /^# (.+)$/m.exec(src)[1] }))
      .sort((one, other) => one.url.localeCompare(other.url)),
});
