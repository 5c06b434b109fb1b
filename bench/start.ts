/**
 * `npm run bench:start`: what does it cost to begin, and what remains behind? Import, first call, 100 plans; memory while plans and results
 * come and go. Every figure is taken in a process of its own, from the built package.
 *
 * Memory is seen by counters that know nothing of predictions: the length that WebAssembly's memory grew by, what V8 says of its heap and of
 * array buffers, and the resident set.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { summary } from '@stridefold/cli/measure'

const dist = join(import.meta.dirname, '../packages/stridefold/dist/sync.js')
if (!existsSync(dist)) {
  console.error('packages/stridefold/dist is missing. Run npm run build first.')
  process.exit(3)
}

interface Question {
  readonly name: string
  readonly unit: 'ms' | 'MB'
  readonly atMost: number
  /** A module that prints one number; `lib` is the package. */
  readonly source: string
  readonly times: number
}

const load = `const lib = await import(${JSON.stringify(dist)})\n`
const median = 'const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]\n'
const settled = `const settled = async () => { for (let i = 0; i < 4; i++) { gc(); await new Promise((r) => setTimeout(r, 5)) } const m = process.memoryUsage(); return m.heapUsed + m.external }\n`

const questions: readonly Question[] = [
  {
    name: 'import',
    ...{ unit: 'ms', atMost: 5, times: 9 },
    source: `const t = performance.now(); await import(${JSON.stringify(dist)}); console.log(performance.now() - t)`,
  },
  {
    name: 'first call of the process, over the second',
    ...{ unit: 'ms', atMost: 10, times: 9 },
    source: `${load}const x = lib.ndarray(new Float32Array(64 * 28 * 28), [1, 64, 28, 28]), k = lib.ndarray(new Float32Array(64 * 64 * 9), [64, 64, 3, 3])
const once = () => { const t = performance.now(); lib.conv2d(x, k, { padding: 1 }); return performance.now() - t }
const first = once(); console.log(first - once())`,
  },
  {
    name: 'first call of a new geometry, over its second',
    ...{ unit: 'ms', atMost: 10, times: 5 },
    source: `${load}${median}const took = []
for (let n = 10; n < 34; n++) { const x = lib.ndarray(new Float32Array(16 * n * n), [1, 16, n, n]), k = lib.ndarray(new Float32Array(16 * 16 * 9), [16, 16, 3, 3])
const once = () => { const t = performance.now(); lib.conv2d(x, k, { padding: 1 }); return performance.now() - t }
const first = once(); took.push(first - once()) }
console.log(median(took))`,
  },
  {
    name: '100 plans of different geometries',
    ...{ unit: 'ms', atMost: 50, times: 5 },
    source: `${load}const go = (from, n) => { const t = performance.now(); for (let i = from; i < from + n; i++) lib.plan('conv2d', [1, 8 + (i % 7) * 8, 7 + (i % 23), 9 + (i % 19)], [8 + (i % 5) * 8, 8 + (i % 7) * 8, 3, 3], { padding: 1 }); return performance.now() - t }
go(1000, 10); console.log(go(0, 100))`,
  },
  {
    name: 'left behind by 10,000 plans, a tenth of them run',
    ...{ unit: 'MB', atMost: 4, times: 1 },
    source: `${load}${settled}const k = lib.zeros([3, 4, 3, 3])
const go = (n) => { for (let i = 0; i < n; i++) { const s = [1, 4, 5 + (i % 97), 5 + (i % 89)]; const p = lib.plan('conv2d', s, [3, 4, 3, 3], { padding: 1 }); if (i % 10 === 0) p.runSync(lib.zeros(s), k) } }
go(1000); const before = await settled(); go(10000); console.log(((await settled()) - before) / 1e6)`,
  },
  {
    name: 'left behind by 100,000 results',
    ...{ unit: 'MB', atMost: 1, times: 1 },
    source: `${load}${settled}const go = (n) => { for (let i = 0; i < n; i++) lib.correlate(new Float32Array(100), new Float32Array(5)) }
go(1000); const before = await settled(); go(100000); console.log(((await settled()) - before) / 1e6)`,
  },
  {
    name: 'workspace of a 4K picture beyond what its plan says',
    ...{ unit: 'MB', atMost: 0, times: 1 },
    // Growth of the WebAssembly memory is the independent counter: it grows in pages, to the next after what is needed.
    source: `let memory; const Memory = WebAssembly.Memory; WebAssembly.Memory = function (...a) { memory = new Memory(...a); return memory }
${load}lib.zeros([16], 'float32', { memory: 'backend' }).release(); const before = memory.buffer.byteLength
const x = lib.zeros([2160, 3840]), k = lib.ndarray(new Float32Array(25).fill(1), [5, 5]), out = lib.zeros([2160, 3840])
const p = lib.plan('correlate', [2160, 3840], [5, 5]); p.runSync(x, k, out)
console.log(Math.max(0, memory.buffer.byteLength - before - p.workspaceBytes - 65536) / 1e6)`,
  },
]

const answers = questions.map(({ name, unit, atMost, source, times }) => {
  const samples = Array.from({ length: times }, () =>
    Number(execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', source], { encoding: 'utf8' })),
  )
  const figure = summary(samples).median
  const met = figure <= atMost
  console.log(`  ${met ? 'met   ' : 'MISSED'} ${name.padEnd(52)} ${figure.toFixed(2).padStart(8)} ${unit}, target ≤ ${atMost}`)
  return { name, unit, atMost, figure, met, samples }
})
const date = new Date().toISOString()
const about = { date, machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`, runtime: `Node ${process.version}` }
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true })
const file = join(import.meta.dirname, 'results', `${date.slice(0, 19).replaceAll(':', '')}-start.json`)
writeFileSync(file, `${JSON.stringify({ ...about, answers }, null, 1)}\n`)
console.log(`\n${file}`)
