/**
 * The order of the pages beside the text. Pages of docs/ that no group names stand in the last
 * group of the guides, so a new page needs no change here.
 */

import { sections } from '../scripts/api.ts'
import { linkTo } from './links.ts'
import { otherPackages, sectionAddress } from './reference.ts'
import { pageAddresses, readText, titleOf } from './repository.ts'

export interface Item {
  readonly text: string
  readonly link: string
}

export interface Group {
  readonly text: string
  readonly items: Item[]
}

const groups: Readonly<Record<string, readonly string[]>> = {
  Start: ['readme', 'guide/walk', 'guide/cookbook', 'guide/coming-from', 'guide/glossary'],
  Guides: [
    ...['filters', 'missing', 'streams', 'pipeline', 'gradients', 'browser', 'threads', 'webgpu'],
    ...['memory', 'exactness', 'even-kernels', 'notation', 'tuning', 'errors'],
  ].map((name) => `guide/${name}`),
  Examples: [
    ...['index', 'live-canvas', 'web-worker', 'image-server', 'audio-reverb', 'cnn-forward'],
    'zarr-volume',
  ].map((name) => `examples/${name}`),
  Algorithms: [
    'guide/seven-algorithms',
    ...['naive', 'im2col', 'strided', 'toeplitz', 'separable', 'winograd', 'fft'].map(
      (name) => `algorithms/${name}`,
    ),
  ],
  'Lab and command line': [
    ...['guide/lab', 'guide/stories', 'packages/cli', 'guide/report', 'guide/profile'],
    'guide/translate',
  ],
  Packages: ['packages/stridefold', 'packages/measure', 'packages/volumes'],
  'How it is built': [
    ...['guide/architecture', 'guide/adding', 'guide/articles', 'guide/benchmarks'],
    ...['guide/first-call', 'guide/checks', 'guide/releasing', 'decisions/index', 'contributing'],
    ...['security', 'code-of-conduct'],
  ],
}

const shortTitles: Readonly<Record<string, string>> = {
  readme: 'Overview',
  'packages/cli': 'Command line',
  'guide/benchmarks': 'How speed is measured',
  'decisions/index': 'Decisions',
  'examples/index': 'All examples',
}

/** The pages beside guides. */
export function guideSidebar(): Group[] {
  const titles = new Map(
    [...pageAddresses()].map(([file, address]) => [address, titleOf(readText(file))]),
  )
  const known = new Set(Object.values(groups).flat())
  const others = [...titles.keys()].filter(
    (address) => /^(guide|packages|algorithms)\//.test(address) && !known.has(address),
  )
  return Object.entries(groups).map(([text, addresses]) => ({
    text,
    items: [...addresses, ...(text === 'Guides' ? others : [])]
      .filter((address) => titles.has(address) || address in shortTitles)
      .map((address) => ({
        text: shortTitles[address] ?? titles.get(address)!,
        link: linkTo(address),
      })),
  }))
}

/** The pages beside the reference. */
export const referenceSidebar = (): Group[] => [
  {
    text: 'API',
    items: [
      { text: 'All names', link: '/api/' },
      ...[...Object.keys(sections), ...otherPackages.map(({ section }) => section)].map(
        (title) => ({
          text: title.replaceAll('`', '').replace(/: .*/, ''),
          link: `/${sectionAddress(title)}`,
        }),
      ),
    ],
  },
]

/** The decisions, by number. */
export const decisionSidebar = (): Group[] => [
  {
    text: 'Decisions',
    items: [
      { text: 'All decisions', link: '/decisions/' },
      ...[...pageAddresses()]
        .filter(([, address]) => address.startsWith('decisions/'))
        .map(([file, address]) => ({ text: titleOf(readText(file)), link: linkTo(address) })),
    ],
  },
]

/** The pages beside Chinese ones. Those that exist in English only say so. */
export const chineseSidebar = (): Group[] => [
  {
    text: '中文',
    items: [
      { text: '开始', link: '/zh/' },
      { text: '概览', link: '/zh/readme' },
      { text: '两篇文章，逐步对照', link: '/zh/guide/walk' },
      { text: '七种算法', link: '/zh/guide/seven-algorithms' },
    ],
  },
  {
    text: '英文页面',
    items: [
      { text: '示例手册', link: '/guide/cookbook' },
      { text: '示例项目', link: '/examples/' },
      { text: '从其他库迁移', link: '/guide/coming-from' },
      { text: '术语表', link: '/guide/glossary' },
      { text: '在浏览器中使用', link: '/guide/browser' },
      { text: '算法', link: '/algorithms/naive' },
      { text: 'API', link: '/api/' },
      { text: '性能对比', link: '/benchmarks/' },
      { text: '更新记录', link: '/changelog' },
    ],
  },
]
