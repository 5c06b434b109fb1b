/** The settings of VitePress. `site/main.ts` writes the pages and builds them. */

import { fileURLToPath } from 'node:url'
import { type DefaultTheme, defineConfigWithTheme, type UserConfig } from 'vitepress'
import { anchorOf } from '../anchors.ts'
import { pagesFolder } from '../folders.ts'
import { basePath, baseScript } from '../relative.ts'
import { pageAddresses } from '../repository.ts'
import { indexOptions, keepSections, oneIndex } from '../search.ts'
import { chineseSidebar, decisionSidebar, guideSidebar, referenceSidebar } from '../sidebar.ts'
import { type Twins, twinsAmong } from '../twins.ts'

const guides = guideSidebar()

const chineseSearch = {
  translations: {
    button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
    modal: {
      displayDetails: '显示摘要',
      resetButtonTitle: '清除',
      backButtonTitle: '关闭搜索',
      noResultsText: '没有结果：',
      footer: {
        selectText: '选择',
        selectKeyAriaLabel: '回车键',
        navigateText: '移动',
        navigateUpKeyAriaLabel: '上箭头',
        navigateDownKeyAriaLabel: '下箭头',
        closeText: '关闭',
        closeKeyAriaLabel: 'Esc',
      },
    },
  },
}

/** The settings of the theme of VitePress, and ours. */
type ThemeConfig = DefaultTheme.Config & { readonly twins?: Twins }

const config: UserConfig<ThemeConfig> = defineConfigWithTheme<ThemeConfig>({
  srcDir: '.pages',
  outDir: 'dist',
  base: basePath,
  title: 'stridefold',
  description: 'Convolution for TypeScript: every algorithm, any rank, every border.',
  metaChunk: true,
  head: [
    ['script', {}, baseScript],
    ['link', { rel: 'icon', href: `${basePath}lab/icon.svg`, type: 'image/svg+xml' }],
  ],
  markdown: {
    linkify: false,
    anchor: { slugify: anchorOf },
    config: ({ core, renderer }) => {
      // Vue drops a line break between two elements. Between signs of Chinese there is no space.
      renderer.rules.softbreak = (tokens, i) => {
        const isChinese = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u
        const [before, after] = [tokens[i - 1]?.content.at(-1), tokens[i + 1]?.content.at(0)]
        return isChinese.test(before ?? '') && isChinese.test(after ?? '') ? '' : ' '
      }
      // A heading of a table that has no text is no heading.
      core.ruler.push('empty-heading', ({ tokens }) => {
        tokens.forEach((token, i) => {
          const close = tokens[i + 2]
          if (token.type !== 'th_open' || tokens[i + 1]?.content !== '' || !close) return
          token.tag = 'td'
          close.tag = 'td'
        })
      })
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  vite: {
    plugins: [oneIndex(pagesFolder)],
    resolve: {
      alias: [
        {
          find: /^(?:\.\.?\/)+composables\/langs$/,
          replacement: fileURLToPath(new URL('theme/langs.ts', import.meta.url)),
        },
      ],
    },
    build: { chunkSizeWarningLimit: 4000 },
  },
  themeConfig: {
    // For theme/langs.ts.
    twins: twinsAmong(['index', 'zh/index', ...pageAddresses().values()]),
    externalLinkIcon: false,
    search: {
      provider: 'local',
      options: {
        locales: { zh: chineseSearch },
        miniSearch: {
          options: indexOptions,
          // Pages in the language of the text come first, and a page before its sections.
          searchOptions: {
            fuzzy: 0.15,
            prefix: true,
            boost: { title: 4, text: 2, titles: 1 },
            boostDocument: (id: string, term: string) =>
              (id.includes('/zh/') === /\p{Script=Han}/u.test(term) ? 1 : 0.2) *
              (id.includes('#') ? 1 : 2),
          },
          _splitIntoSections: keepSections,
        },
      },
    },
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Guides', link: '/readme', activeMatch: '^/(readme|guide|packages)' },
          { text: 'API', link: '/api/', activeMatch: '^/api/' },
          { text: 'Cookbook', link: '/guide/cookbook' },
          { text: 'Benchmarks', link: '/benchmarks/' },
          { text: 'Changes', link: '/changelog' },
          { text: 'Lab', link: '/lab/index.html', target: '_self', noIcon: true },
        ],
        sidebar: { '/api/': referenceSidebar(), '/decisions/': decisionSidebar(), '/': guides },
        outline: { level: [2, 3], label: 'On this page' },
        skipToContentLabel: 'Skip to content',
      },
    },
    zh: {
      label: '中文',
      lang: 'zh-Hans',
      link: '/zh/',
      title: 'stridefold',
      description: '用 TypeScript 编写的卷积库：七种算法，任意维数，各种边界方式。',
      themeConfig: {
        nav: [
          { text: '概览', link: '/zh/readme' },
          { text: '逐步对照', link: '/zh/guide/walk' },
          { text: 'API（英文）', link: '/api/' },
          { text: '示例（英文）', link: '/guide/cookbook' },
          { text: '实验室', link: '/lab/index.html#v1&lang=zh', target: '_self', noIcon: true },
        ],
        sidebar: { '/zh/': chineseSidebar() },
        outline: { level: [2, 3], label: '本页内容' },
        docFooter: { prev: '上一页', next: '下一页' },
        darkModeSwitchLabel: '外观',
        lightModeSwitchTitle: '切换到浅色',
        darkModeSwitchTitle: '切换到深色',
        sidebarMenuLabel: '目录',
        returnToTopLabel: '回到顶部',
        langMenuLabel: '切换语言',
        skipToContentLabel: '跳到正文',
      },
    },
  },
})
export default config
