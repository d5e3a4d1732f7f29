import { posix } from 'node:path';
import { documentedTags } from '../../scripts/reference.mjs';

const mark =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%230a0f10'/%3E%3Cpath d='M8 14v4m5.3-8v12m5.4-15v18M24 13v6' stroke='%235adcd2' stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E";

const guides = [
  { text: 'Signaling', link: '/guide/signaling' },
  { text: 'TURN', link: '/guide/turn' },
  { text: 'Styling', link: '/guide/styling' },
  { text: 'Languages', link: '/guide/languages' },
  { text: 'Your own layout', link: '/guide/own-layout' },
  { text: 'Frameworks', link: '/guide/frameworks' },
  { text: 'Strict pages and iframes', link: '/guide/strict-pages' },
  { text: 'Troubleshooting', link: '/guide/troubleshooting' },
];

const sidebar = [
  {
    text: 'Start',
    items: [
      { text: 'Get started', link: '/get-started' },
      { text: 'Live examples', link: '/examples' },
    ],
  },
  { text: 'Guides', items: guides },
  {
    text: 'Coming from',
    items: [
      { text: 'simple-peer', link: '/migrate/simple-peer' },
      { text: 'PeerJS', link: '/migrate/peerjs' },
    ],
  },
  {
    text: 'Reference',
    items: [
      { text: 'Overview', link: '/reference/' },
      ...documentedTags().map((tag) => ({ text: tag, link: `/reference/${tag}` })),
      { text: 'Core', link: '/reference/core' },
      { text: 'Signaling helper', link: '/reference/signaling' },
      { text: 'Errors', link: '/reference/errors' },
    ],
  },
  {
    text: 'Background',
    items: [
      { text: 'Security', link: '/security' },
      { text: 'Browsers', link: '/browsers' },
      { text: 'How it works', link: '/architecture' },
      { text: 'Reliability', link: '/reliability' },
      { text: 'Size', link: '/size' },
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Decisions', link: '/decisions/' },
    ],
  },
];

/**
 * The pages are also read in the repository, where they link to files outside docs/ and to folders. On the site the
 * README is the first page, a folder has an index, and what else is outside is a name without a link.
 */
function linksOfRepository(markdown) {
  markdown.core.ruler.push('links-of-repository', ({ tokens, env }) => {
    for (const { children } of tokens) {
      const open = [];
      for (const token of children ?? []) {
        if (token.type === 'link_close') {
          if (open.pop() === 'span') token.tag = 'span';
        }
        if (token.type !== 'link_open') continue;
        const href = token.attrGet('href');
        open.push(resolveLink(token, href, env.relativePath));
      }
    }
  });
}

/** Changes the link where it needs to be; returns what stays of it, `a` or `span`. */
function resolveLink(token, href, page) {
  if (/^([a-z]+:|#|\/)/.test(href)) return 'a';
  const path = posix.join(posix.dirname(page), href);
  if (path === '../README.md') token.attrSet('href', '/');
  else if (path === '../README.zh-CN.md') token.attrSet('href', '/zh/');
  else if (path.startsWith('../')) {
    token.type = 'span_open';
    token.tag = 'span';
    token.attrs = [['title', 'In the repository']];
    return 'span';
  } else if (!/\.[a-z]+(#.*)?$/.test(path)) token.attrSet('href', `${href}/`);
  return 'a';
}

export default {
  title: 'rtc-call',
  description: 'Video calls for any web page: one element, and signaling over whatever you already have.',
  base: process.env.DOCS_BASE ?? '/',
  srcExclude: ['public/**'],
  lastUpdated: false,
  metaChunk: true,
  head: [
    ['link', { rel: 'icon', href: mark }],
    ['meta', { name: 'theme-color', content: '#007370' }],
  ],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('rtc-') } } },
  vite: { build: { chunkSizeWarningLimit: 1500 } },
  markdown: {
    config: linksOfRepository,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
  },
  themeConfig: {
    logo: '/mark.svg',
    // Most pages are in English alone: the choice of a language leads to its first page.
    i18nRouting: false,
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        locales: {
          zh: { translations: { button: { buttonText: '搜索', buttonAriaLabel: '搜索文档' } } },
        },
      },
    },
    socialLinks: [],
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Get started', link: '/get-started' },
          { text: 'Examples', link: '/examples' },
          { text: 'Guides', link: '/guide/signaling', activeMatch: '/guide/' },
          { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
        ],
        sidebar,
      },
    },
    zh: {
      label: '简体中文',
      lang: 'zh-CN',
      link: '/zh/',
      description: '适用于任何网页的视频通话：一个元素，信令走你已有的通道。',
      themeConfig: {
        nav: [
          { text: '快速上手', link: '/zh/get-started' },
          { text: '示例（英文）', link: '/examples' },
          { text: '参考（英文）', link: '/reference/' },
        ],
        sidebar: [
          {
            text: '开始',
            items: [
              { text: '简介', link: '/zh/' },
              { text: '快速上手', link: '/zh/get-started' },
            ],
          },
          { text: '指南（英文）', items: guides },
        ],
        outline: { level: [2, 3], label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '主题',
        lightModeSwitchTitle: '切换到浅色',
        darkModeSwitchTitle: '切换到深色',
        sidebarMenuLabel: '目录',
        returnToTopLabel: '回到顶部',
        langMenuLabel: '语言',
        skipToContentLabel: '跳到正文',
      },
    },
  },
};
