/**
 * `npm run speed-table`: writes the table of speed in README.md and README.zh.md, between two
 * comments, from bench/results/*.json. Rows are chosen for kinds of work, the ones that we lose
 * among them; each has the fastest other library in WebAssembly, and the fastest native one.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  lostCases,
  others,
  ours,
  runs,
  type Shown,
  shownCases,
  wholeCall,
} from '../site/benchmarks.ts'

export const languages = ['en', 'zh'] as const
type Language = (typeof languages)[number]

interface Texts {
  readonly file: string
  readonly heads: readonly string[]
}

/** Suite and name of a case, and what it is in both languages. */
const rows: readonly (readonly [suite: string, name: string, en: string, zh: string])[] = [
  ['pictures', '4K 3×3', '4K image, 3×3', '4K 图像，3×3'],
  ['pictures', '4K Gaussian 15×15', '4K image, Gaussian 15×15', '4K 图像，15×15 高斯核'],
  ['pictures', '4K bytes RGB Gaussian 15×15', 'the same, RGB bytes', '同上，RGB 字节'],
  [
    'transforms',
    '4K 15×15, not separable',
    '4K image, 15×15 not separable',
    '4K 图像，15×15 不可分离核',
  ],
  ['layers', '3×3 56²·64', 'layer 3×3, 56², 64 channels', '网络层 3×3，56²，64 通道'],
  ['layers', '7×7 s2 224²·3', 'layer 7×7, stride 2, 224²', '网络层 7×7，步幅 2，224²'],
  [
    'depthwise',
    'depthwise 112²·32',
    'depthwise layer, 112², 32 channels',
    '逐通道层，112²，32 通道',
  ],
  ['volumes', '128³ · 3³', 'volume 128³, 3×3×3', '体数据 128³，3×3×3'],
  [
    'transforms',
    '10⁶ samples, 48,000 taps',
    '10⁶ samples, 48,000 taps',
    '10⁶ 个样本，48,000 个抽头',
  ],
]

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    file: 'README.md',
    heads: ['work', 'prepared', 'one call', 'fastest other WebAssembly', 'fastest native library'],
  },
  zh: {
    file: 'README.zh.md',
    heads: ['算例', '预先准备', '单次调用', '最快的其他 WebAssembly 库', '最快的原生库'],
  },
}

/** The table in a language, with the line below it. */
export function speedTable(language: Language): string {
  const cases = shownCases(runs())
  const { heads } = texts[language]
  const chosen = rows.map(([suite, name, en, zh]) => {
    const row = cases.find((one) => one.suite === suite && one.name === name)
    if (row === undefined) throw new Error(`bench/results has no case '${name}' of '${suite}'.`)
    return { row, title: language === 'en' ? en : zh }
  })
  const lines = chosen.map(({ row, title }) => {
    const own = ours(row)!.median
    const fastest = [false, true].map((isNative) => {
      const [best] = row.results
        .filter(({ name }) => others[name]?.isNative === isNative)
        .sort((a, b) => a.median - b.median)
      if (best === undefined) return '–'
      const text = `${others[best.name]!.title} ${milliseconds(best.median)}`
      return best.median < own ? `**${text}**` : text
    })
    const call = wholeCall(row)
    const times = call === undefined ? ['–', own] : [own, call.median]
    const cells = times.map((one) => (typeof one === 'string' ? one : milliseconds(one)))
    return `| ${[title, ...cells, ...fastest].join(' | ')} |`
  })
  const head = [`| ${heads.join(' | ')} |`, `|${heads.map(() => '---').join('|')}|`]
  return [...head, ...lines, '', ...note(language, cases, chosen[0]!.row)].join('\n')
}

function note(language: Language, cases: readonly Shown[], { run }: Shown): string[] {
  const [machine, day] = [run.machine.replaceAll('(R)', ''), run.date.slice(0, 10)]
  const [engine] = run.runtime.split(',')
  const lost = lostCases(cases, ours)
  if (language === 'zh') {
    const counts = [...lost.matchAll(/([A-Z][\w.]*(?: [A-Z]\w*)*) in (\d+) of (\d+) cases/g)]
    const list = counts.map(([, name, n, of]) => `${name} 在 ${of} 个算例中有 ${n} 个`).join('，')
    return [
      `单线程，中位数（${machine}，${engine}，${day}）。“预先准备”指事先建好的 plan，数组位于后端内存；“单次调用”包括规划和数组复制。**粗体**表示比我们的最快方式还快：全部算例中，${list}。原生代码用 512 位向量，WebAssembly 只有 128 位。`,
    ]
  }
  return [
    `One thread, medians (${machine}, ${engine}, ${day}). *Prepared* is a plan`,
    'with arrays in backend memory; *one call* plans and copies, too. **Bold is faster than our',
    `fastest**; in all cases: ${lost}.`,
    'Native code has vectors of 512 bits there, WebAssembly of 128.',
  ]
}

/** Three digits. */
const milliseconds = (value: number): string =>
  `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ms`

const [begin, end] = ['<!-- npm run speed-table -->', '<!-- end of the table -->']

/** The text of a README with the table in it. */
export function withTable(text: string, language: Language): string {
  const [before, ...rest] = text.split(begin)
  const after = rest.join(begin).split(end)
  if (rest.length !== 1 || after.length !== 2)
    throw new Error(`${texts[language].file} needs one '${begin}' and one '${end}' behind it.`)
  return `${before}${begin}\n\n${speedTable(language)}\n\n${end}${after[1]}`
}

export const readmeOf = (language: Language): string =>
  fileURLToPath(new URL(`../${texts[language].file}`, import.meta.url))

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const language of languages) {
    const file = readmeOf(language)
    writeFileSync(file, withTable(readFileSync(file, 'utf8'), language))
  }
