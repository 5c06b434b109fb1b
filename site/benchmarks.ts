/**
 * The page of the benchmarks, drawn from bench/results/*.json when the site is built. Each case is
 * shown once, from the newest file that has it. A mark is the time of another library as a multiple
 * of ours, on a logarithmic scale, so marks left of the line are faster than we are.
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readText, root } from './repository.ts'

interface Result {
  readonly name: string
  readonly call: string
  /** Milliseconds. */
  readonly median: number
  /** The interquartile range, as a share of the median. */
  readonly spread: number
}

interface Case {
  readonly suite: string
  readonly name: string
  /** In case notation. */
  readonly case: string
  readonly results: readonly Result[]
  readonly verdicts: readonly { readonly met: boolean }[]
}

interface Run {
  readonly file: string
  readonly date: string
  readonly machine: string
  readonly runtime: string
  readonly commit: string
  readonly rounds: number
  readonly loadBefore: number
  readonly loadAfter: number
  readonly competitors: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}

export interface Shown extends Case {
  readonly run: Run
}

/** Another library: the name and the letter of its mark, and whether its code is native. */
interface Other {
  readonly title: string
  readonly letter: string
  readonly isNative: boolean
}

const web = (letter: string, title: string): Other => ({ letter, title, isNative: false })
const native = (letter: string, title: string): Other => ({ letter, title, isNative: true })

export const others: Readonly<Record<string, Other>> = {
  'tfjs-wasm': web('F', 'TensorFlow.js'),
  'onnx-web': web('O', 'ONNX Runtime Web'),
  'opencv-js': web('C', 'OpenCV.js'),
  'jax-js': web('J', 'jax-js'),
  'wasm-vips': web('I', 'wasm-vips'),
  pffft: web('X', 'PFFFT'),
  'onnx-native': native('N', 'ONNX Runtime'),
  pytorch: native('P', 'PyTorch'),
  scipy: native('S', 'SciPy'),
  opencv: native('V', 'OpenCV'),
  sharp: native('H', 'sharp'),
}

const suites: Readonly<Record<string, string>> = {
  layers: 'Layers of networks',
  depthwise: 'Depthwise layers',
  pictures: 'Images',
  signals: 'Signals',
  volumes: 'Volumes',
  transforms: 'Large kernels and Winograd',
  channels: 'Odd numbers of channels',
  article1: 'The sizes of the first article',
}

/** Our form that others are compared with: a prepared plan, or bytes in and out. */
export const ours = ({ results }: Case): Result =>
  results.find(({ name }) => name === 'memory' || name === 'bytes')!

/** The faster of the calls without a plan on ordinary arrays. */
export const wholeCall = ({ results }: Case): Result | undefined =>
  results
    .filter(({ name }) => name.startsWith('whole-'))
    .sort((a, b) => a.median - b.median)
    .at(0)

export function runs(): Run[] {
  return readdirSync(join(root, 'bench/results'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ file: name, ...JSON.parse(readText(`bench/results/${name}`)) }) as Run)
    .filter(({ cases }) => Array.isArray(cases))
}

/** Every case once. Later files replace earlier ones, unless they measured fewer libraries. */
export function shownCases(all: readonly Run[]): Shown[] {
  const found = new Map<string, Shown>()
  for (const run of all)
    for (const c of run.cases) {
      const key = `${c.suite} ${c.case} ${c.name}`
      const before = found.get(key)
      if (before === undefined || before.results.length <= c.results.length)
        found.set(key, { ...c, run })
    }
  return [...found.values()].filter((c) => ours(c) !== undefined)
}

export function benchmarksPage(): string {
  const all = runs()
  const cases = shownCases(all)
  const used = [...new Set(cases.map(({ run }) => run))]
  const names = [...new Set([...Object.keys(suites), ...cases.map(({ suite }) => suite)])]
  const sections = names
    .map((suite) => ({ suite, cases: cases.filter((c) => c.suite === suite) }))
    .filter((section) => section.cases.length > 0)
  return `---
aside: false
pageClass: wide
---

# Benchmarks

Times of other libraries as multiples of ours. A mark at 4 means: four times as long as stridefold.
**Left of the line, the other library is faster:** ${lostCases(cases, ours)}.

Ours is a prepared plan with arrays in the memory of the backend; for bytes it is a whole call. The
ring is a call without a plan on ordinary arrays, which copies them. Faster than the ring:
${lostCases(cases, wholeCall)}. Every result was compared with the float64
definition before it was timed, and all libraries ran in turn, in the same rounds, with one thread.
[How it is measured, what was missed and why](/guide/benchmarks).

${legend(used)}

${sections.map(({ suite, cases }) => sectionText(suites[suite] ?? suite, cases)).join('\n\n')}

## Where and when

| file in \`bench/results\` | date | machine | engine | load | rounds |
|---|---|---|---|---|---|
${used
  .map(
    ({ file, date, machine, runtime, loadBefore, loadAfter, rounds }) =>
      `| \`${file}\` | ${date.slice(0, 16).replace('T', ' ')} UTC | ${machine} | ${runtime} | ${loadBefore} to ${loadAfter} | ${rounds} |`,
  )
  .join('\n')}

Versions: ${[...versions(used)]
    .map(([name, version]) => `${others[name]!.title}: ${version}`)
    .join('; ')}.
`
}

function versions(used: readonly Run[]): Map<string, string> {
  const all = used.flatMap(({ competitors }) => Object.entries(competitors))
  return new Map(all.filter(([name]) => name in others))
}

/** How often other libraries are faster than one of our forms: the rows that we lose. */
export function lostCases(cases: readonly Shown[], form: (c: Case) => Result | undefined): string {
  const counts = Object.entries(others).map(([name, { title }]) => {
    const times = cases.flatMap((c): [number, number][] => {
      const [theirs, own] = [c.results.find((result) => result.name === name), form(c)]
      return theirs === undefined || own === undefined ? [] : [[theirs.median, own.median]]
    })
    return { title, of: times.length, lost: times.filter(([theirs, own]) => theirs < own).length }
  })
  const lost = counts
    .filter((count) => count.lost > 0)
    .sort((a, b) => b.lost - a.lost)
    .map(({ title, lost, of }) => `${title} in ${lost} of ${of} cases`)
  return lost.length === 0 ? 'none in any case' : lost.join(', ').replace(/, ([^,]*)$/, ' and $1')
}

function legend(used: readonly Run[]): string {
  const items = [...versions(used).keys()].map(
    (name) => `<li>${mark(name)} ${others[name]!.title}</li>`,
  )
  const kinds = Object.entries({ web: 'in WebAssembly', native: 'native code' }).map(
    ([kind, title]) => `<li><span class="mark ${kind}"></span> ${title}</li>`,
  )
  return `<ul class="bench-legend">
<li><span class="mark whole"></span> stridefold, whole call</li>
${[...items, ...kinds].join('\n')}
</ul>`
}

const mark = (name: string, style = '', title = ''): string => {
  const { letter, isNative } = others[name]!
  return `<span class="mark ${isNative ? 'native' : 'web'}"${style}${title}>${letter}</span>`
}

/** The scale: from a fifth to a thousand times. */
const [least, most] = [0.2, 1000]
export const placeOf = (ratio: number): number => {
  const clamped = Math.min(most, Math.max(least, ratio))
  return (Math.log(clamped / least) / Math.log(most / least)) * 100
}

const ticks = [0.2, 0.5, 1, 2, 5, 10, 100, 1000]
/** Ticks that a narrow screen leaves out. */
const fineTicks: readonly number[] = [0.5, 2, 5]

function sectionText(title: string, cases: readonly Shown[]): string {
  const scale = ticks
    .map(
      (tick) =>
        `<span${fineTicks.includes(tick) ? ' class="fine"' : ''} style="left:${placeOf(tick).toFixed(2)}%">${tick}</span>`,
    )
    .join('')
  const label = `${title}: times of other libraries as multiples of ours. The table has the same.`
  return `## ${title}

<div class="bench" role="img" aria-label="${label}">
<div class="row scale"><div class="name"></div><div class="track">${scale}</div></div>
${cases.map(rowText).join('\n')}
</div>

<details><summary>The same as a table</summary>

${tableText(cases)}

</details>`
}

/** The place of a mark in a lane. */
const styleAt = (ratio: number, lane = 0): string =>
  ` style="left:${placeOf(ratio).toFixed(2)}%;top:${lane * 1.25 + 0.25}rem"`

function rowText(c: Shown): string {
  const base = ours(c).median
  const whole = wholeCall(c)
  const lanes: number[] = []
  const marks = c.results
    .filter(({ name }) => name in others)
    .sort((a, b) => a.median - b.median)
    .map((result) => {
      const ratio = result.median / base
      const place = placeOf(ratio)
      // Marks that would cover each other stand in different lanes.
      let lane = lanes.findIndex((last) => place - last > 5)
      if (lane < 0) lane = lanes.length
      lanes[lane] = place
      return mark(
        result.name,
        styleAt(ratio, lane),
        ` title="${others[result.name]!.title}: ${times(ratio)}, ${milliseconds(result.median)}"`,
      )
    })
  const wholeRatio = whole === undefined ? undefined : whole.median / base
  const ring =
    wholeRatio === undefined
      ? ''
      : `<span class="mark whole"${styleAt(wholeRatio)} title="whole: ${times(wholeRatio)}"></span>`
  const height = Math.max(1, lanes.length) * 1.25 + 0.5
  return `<div class="row">
<div class="name">${escaped(c.name)}<small>${milliseconds(base)}</small></div>
<div class="track" style="height:${height}rem">
<span class="one" style="left:${placeOf(1).toFixed(2)}%"></span>${ring}${marks.join('')}
</div></div>`
}

function tableText(cases: readonly Shown[]): string {
  const names = Object.keys(others).filter((name) =>
    cases.some(({ results }) => results.some((result) => result.name === name)),
  )
  const rows = cases.map((c) => {
    const base = ours(c).median
    const cells = names.map((name) => {
      const result = c.results.find((result) => result.name === name)
      if (result === undefined) return ''
      const text = times(result.median / base)
      return result.median < base ? `**${text}**` : text
    })
    const whole = wholeCall(c)
    const own = [base, whole?.median].map((ms) => (ms === undefined ? '' : milliseconds(ms)))
    return `| ${[escaped(c.name), `\`${c.case}\``, ...own, ...cells].join(' | ')} |`
  })
  const titles = names.map((name) => others[name]!.title)
  return `| ${['work', 'case', 'ours', 'whole call', ...titles].join(' | ')} |
|---|---|${'---|'.repeat(names.length + 2)}
${rows.join('\n')}

Multiples of ours; bold where the other library is faster.`
}

const times = (ratio: number): string =>
  `× ${ratio < 10 ? ratio.toFixed(2) : ratio < 100 ? ratio.toFixed(1) : ratio.toFixed(0)}`

const milliseconds = (ms: number): string =>
  ms < 0.1 ? `${Number((ms * 1000).toPrecision(3))} µs` : `${Number(ms.toPrecision(3))} ms`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
