/**
 * `npm run bench:start`: measures start-up costs (import, first call, 100 plans), memory that plans
 * and results leave behind, and workspace. Every figure comes from a new process that runs the
 * built package.
 *
 * Memory is counted independently of the planner's predictions: by the growth of WebAssembly's
 * memory, and by V8's numbers for its heap and for array buffers.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { summary } from '@stridefold/measure'

const dist = join(import.meta.dirname, '../packages/stridefold/dist/sync.js')
if (!existsSync(dist)) {
  console.error('packages/stridefold/dist is missing. Run npm run build first.')
  process.exit(3)
}

interface Measurement {
  readonly name: string
  readonly unit: 'ms' | 'µs' | 'MB'
  readonly atMost: number
  /** A module that prints one number; `lib` is the package. */
  readonly source: string
  readonly times: number
}

const load = `const lib = await import(${JSON.stringify(dist)})\n`
const median = 'const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]\n'
// The time of each of 200 calls of an n×n shape after its first call.
const smallCalls = `const calls = (n) => { const x = lib.zeros([n, n]), k = lib.zeros([2, 2]),
  out = lib.zeros([n, n]); lib.correlate(x, k, { out }); const t = performance.now()
  for (let i = 0; i < 200; i++) lib.correlate(x, k, { out })
  return (performance.now() - t) * 5 }
`
// Records every WebAssembly memory that the library creates. Each starts with one page, so its
// length is the number of bytes in use, to a page.
const countMemories = `const memories = []; const Memory = WebAssembly.Memory
WebAssembly.Memory = function (type) { memories.push(new Memory({ ...type, initial: 1 }));
  return memories.at(-1) }
const memoryBytes = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
`
const measureHeap =
  'const heapBytes = async () => { for (let i = 0; i < 4; i++) { gc(); await new Promise((r) => ' +
  'setTimeout(r, 5)) } const m = process.memoryUsage(); return m.heapUsed + m.external }\n'

const measurements: readonly Measurement[] = [
  {
    name: 'import',
    ...{ unit: 'ms', atMost: 5, times: 9 },
    source:
      `const t = performance.now(); await import(${JSON.stringify(dist)}); ` +
      'console.log(performance.now() - t)',
  },
  {
    name: 'import and first correlate, 9×9 on 512×512',
    ...{ unit: 'ms', atMost: 25, times: 20 },
    source: `const noise = (n) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * i))
const [x, k] = [noise(512 * 512), noise(81)]; const t = performance.now()
const lib = await import(${JSON.stringify(dist)})
lib.correlate({ data: x, shape: [512, 512] }, { data: k, shape: [9, 9] })
console.log(performance.now() - t)`,
  },
  {
    name: 'each of 200 calls after the first of a new shape, 2×2 on 10×10',
    ...{ unit: 'µs', atMost: 6, times: 9 },
    source: `${load}${smallCalls}calls(11); console.log(calls(10))`,
  },
  {
    name: 'the same in a new process, where the engine has compiled nothing',
    ...{ unit: 'µs', atMost: 6, times: 9 },
    source: `${load}${smallCalls}console.log(calls(10))`,
  },
  {
    name: 'for comparison: a new function with one WebAssembly call',
    ...{ unit: 'µs', atMost: Infinity, times: 9 },
    source: `const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1,
  0, 7, 5, 1, 1, 102, 0, 0, 10, 4, 1, 2, 0, 11)
const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
const call = (x, k, options) => { if (x !== k) f(); return options.out }
const [x, k, out] = [{}, {}, {}]; const t = performance.now()
for (let i = 0; i < 200; i++) call(x, k, { out })
console.log((performance.now() - t) * 5)`,
  },
  {
    name: 'first call of the process, over the second',
    ...{ unit: 'ms', atMost: 10, times: 9 },
    source: `${load}const x = lib.ndarray(new Float32Array(64 * 28 * 28), [1, 64, 28, 28]),
  k = lib.ndarray(new Float32Array(64 * 64 * 9), [64, 64, 3, 3])
const once = () => { const t = performance.now(); lib.conv2d(x, k, { padding: 1 });
  return performance.now() - t }
const first = once(); console.log(first - once())`,
  },
  {
    name: 'first call of a new geometry, over its second',
    ...{ unit: 'ms', atMost: 10, times: 5 },
    source: `${load}${median}const took = []
for (let n = 10; n < 34; n++) { const x = lib.ndarray(new Float32Array(16 * n * n), [1, 16, n,
  n]), k = lib.ndarray(new Float32Array(16 * 16 * 9), [16, 16, 3, 3])
const once = () => { const t = performance.now(); lib.conv2d(x, k, { padding: 1 });
  return performance.now() - t }
const first = once(); took.push(first - once()) }
console.log(median(took))`,
  },
  {
    name: '100 plans of different geometries',
    ...{ unit: 'ms', atMost: 50, times: 5 },
    source: `${load}const go = (from, n) => { const t = performance.now(); for (let i = from;
  i < from + n; i++) lib.plan('conv2d', [1, 8 + (i % 7) * 8, 7 + (i % 23), 9 + (i % 19)],
  [8 + (i % 5) * 8, 8 + (i % 7) * 8, 3, 3], { padding: 1 }); return performance.now() - t }
go(1000, 10); console.log(go(0, 100))`,
  },
  {
    name: 'left behind by 10,000 plans, a tenth of them run',
    ...{ unit: 'MB', atMost: 4, times: 1 },
    source: `${load}${measureHeap}const k = lib.zeros([3, 4, 3, 3])
const go = (n) => { for (let i = 0; i < n; i++) { const s = [1, 4, 5 + (i % 97), 5 + (i % 89)];
  const p = lib.plan('conv2d', s, [3, 4, 3, 3], { padding: 1 });
  if (i % 10 === 0) p.runSync(lib.zeros(s), k) } }
go(1000); const before = await heapBytes(); go(10000);
  console.log(((await heapBytes()) - before) / 1e6)`,
  },
  {
    name: 'left behind by 100,000 results',
    ...{ unit: 'MB', atMost: 1, times: 1 },
    source: `${load}${measureHeap}const go = (n) => { for (let i = 0; i < n;
  i++) lib.correlate(new Float32Array(100), new Float32Array(5)) }
go(1000); const before = await heapBytes(); go(100000);
  console.log(((await heapBytes()) - before) / 1e6)`,
  },
  {
    name: 'workspace of a 4K image beyond the prediction of its plan',
    ...{ unit: 'MB', atMost: 0, times: 1 },
    // Memory grows in whole pages, so one page more than the prediction is allowed.
    source: `${countMemories}${load}lib.zeros([16], 'float32', { memory: 'backend' }).release();
  const before = memoryBytes()
const x = lib.zeros([2160, 3840]), k = lib.ndarray(new Float32Array(25).fill(1), [5, 5]),
  out = lib.zeros([2160, 3840])
const p = lib.plan('correlate', [2160, 3840], [5, 5]); p.runSync(x, k, out)
console.log(Math.max(0, memoryBytes() - before - p.workspaceBytes - 65536) / 1e6)`,
  },
  {
    name: 'workspace above memoryLimit, the worst of 20 limits',
    ...{ unit: 'MB', atMost: 0, times: 1 },
    // Compares the growth of the memory with each limit. A limit below the minimum that the layer
    // needs throws MEMORY_LIMIT, which is correct.
    source: `${countMemories}${load}const [xs, ks] = [[1, 64, 56, 56], [64, 64, 3, 3]]
const [x, k, out] = [xs, ks, xs].map((shape) => lib.zeros(shape, 'float32', { memory: 'backend' }))
let worst = 0
for (let i = 0; i < 20; i++) { const memoryLimit = Math.round(2e4 * 1.4 ** i);
  const before = memoryBytes()
const p = lib.plan('conv2d', xs, ks, { padding: 1, memoryLimit })
try { p.runSync(x, k, out) } catch (error) { if (error.code !== 'MEMORY_LIMIT') throw error }
const growth = memoryBytes() - before
worst = Math.max(worst, p.workspaceBytes - memoryLimit, growth - memoryLimit - 65536) }
console.log(Math.max(0, worst) / 1e6)`,
  },
  {
    name: 'workspace of a reflected border beyond its strips, 1 MiB',
    ...{ unit: 'MB', atMost: 0, times: 1 },
    // Subtracts the strips (the outputs that read the border, and their inputs, on all four sides)
    // and one tile of 1 MiB for the only worker.
    source: `${load}const [h, w] = [2160, 3840]
const extra = [3, 5, 15, 31].map((n) => { const bytes = (boundary, mode) => lib.plan('correlate',
  [h, w], [n, n], { mode, boundary, algorithm: 'strided' }).workspaceBytes
return bytes('reflect', 'same') - bytes('zero', 'valid') - 2 * (n - 1) * (h + w) * 4 - 2 ** 20 })
console.log(Math.max(0, ...extra) / 1e6)`,
  },
]

/**
 * Runs the source in a new process and returns the number that it prints. If the process fails,
 * only the line with the error is shown: its stack would print the whole built file.
 */
function runMeasurement({ name, source }: Measurement): number {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', source],
    { encoding: 'utf8' },
  )
  if (status === 0) return Number(stdout)
  console.error(
    `${name}: ${/Error\]?: .*$/m.exec(stderr)?.[0] ?? 'the process ended without a message'}`,
  )
  process.exit(1)
}

const answers = measurements.map((measurement) => {
  const { name, unit, atMost, times } = measurement
  const samples = Array.from({ length: times }, () => runMeasurement(measurement))
  const figure = summary(samples).median
  const met = figure <= atMost
  const target = atMost === Infinity ? '' : `, target ≤ ${atMost}`
  const verdict = target === '' ? '' : met ? 'met' : 'MISSED'
  console.log(
    `  ${verdict.padEnd(6)} ${name.padEnd(64)} ${figure.toFixed(2).padStart(8)} ${unit}${target}`,
  )
  return { name, unit, atMost, figure, met, samples }
})
const date = new Date().toISOString()
const about = {
  date,
  machine: `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}`,
  runtime: `Node ${process.version}`,
}
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true })
const file = join(
  import.meta.dirname,
  'results',
  `${date.slice(0, 19).replaceAll(':', '')}-start.json`,
)
writeFileSync(file, `${JSON.stringify({ ...about, answers }, null, 1)}\n`)
console.log(`\n${file}`)
