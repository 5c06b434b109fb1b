/**
 * Fresh random cases against PyTorch and SciPy: every layer, gradient and signal call, computed by
 * both sides, compared element by element.
 *
 *     npm run random -- [--cases 100000] [--seed N] [--python /usr/bin/python3]
 *
 * Whole numbers, with accuracy: 'strict', must agree exactly; fractions within products · ε ·
 * max|x| · Σ|k|. A case that fails is printed with its seed: `--seed N --cases 1` repeats it. Ends
 * with `N passed, M failed`. Needs a Python with PyTorch and SciPy; not part of `npm test`.
 */

import { spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as promises from 'stridefold'
import { type NdArray, ndarray, transpose } from 'stridefold'
import * as sync from 'stridefold/sync'
import { numbers, type Packed, question, type RandomQuestion } from './generate.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
})
const [cases, firstSeed] = [Number(values.cases), Number(values.seed)]
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(firstSeed))
  throw new Error('--cases and --seed take whole numbers.')

const python = spawn(values.python, [fileURLToPath(new URL('truth.py', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
python.on('error', (cause) => {
  process.stderr.write(
    `${values.python} cannot be started: ${cause.message}. Give --python a Python that has ` +
      'PyTorch and SciPy.\n',
  )
  process.exit(1)
})

interface Answer {
  readonly shape?: readonly number[]
  readonly data?: string
  readonly error?: string
}

const packed = ({ shape, data }: Packed): object => ({
  shape,
  data: Buffer.from(data.buffer).toString('base64'),
})

function ask({ kind, arrays, truth }: RandomQuestion): void {
  const sent = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, packed(array)]),
  )
  python.stdin.write(`${JSON.stringify({ kind, ...truth, arrays: sent })}\n`)
}

/** How the same numbers are handed over: types, layouts, doors. */
interface Manner {
  readonly dtype: 'float32' | 'float64' | 'int8' | 'int16' | 'int32'
  readonly result: 'int16' | 'uint8' | undefined
  readonly channelsLast: boolean
  readonly weightLast: boolean
  /** A view with the axes in this memory order rather than a dense array. */
  readonly view: boolean
  readonly door: 'sync' | 'promise'
}

function mannerOf(seed: number, { whole, kind }: RandomQuestion): Manner {
  const next = numbers(seed ^ 0x5bd1e995)
  const types = ['float32', 'float32', 'float32', 'float64', 'int8', 'int16', 'int32'] as const
  return {
    dtype: types[next(whole ? 7 : 4)]!,
    result: whole && next(5) === 0 ? (['int16', 'uint8'] as const)[next(2)] : undefined,
    channelsLast: kind !== 'signal' && next(2) === 0,
    weightLast: kind !== 'signal' && next(3) === 0,
    view: next(3) === 0,
    door: next(2) === 0 ? 'sync' : 'promise',
  }
}

const Types = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
}

/**
 * An array of these numbers with its axes in this order: a view of the original order, or dense in
 * the new one.
 */
function ordered({ shape, data }: Packed, order: readonly number[], manner: Manner): NdArray {
  const view = transpose(ndarray(new Types[manner.dtype](data), shape), order)
  return manner.view ? view : sync.contiguous(view)
}

/**
 * The result in the other side's order of axes. Whole numbers are exact only as direct sums, so
 * those are asked for.
 */
async function computed(asked: RandomQuestion, manner: Manner): Promise<NdArray> {
  const q =
    asked.whole && asked.call !== 'convBiasGradient'
      ? { ...asked, options: { ...asked.options, accuracy: 'strict' } }
      : asked
  const names: Record<string, unknown> = manner.door === 'sync' ? { ...sync } : { ...promises }
  const call = names[q.call] as (...args: unknown[]) => NdArray | Promise<NdArray>
  if (q.kind === 'signal') {
    const arrays = Object.values(q.arrays).map((a) => ordered(a, [...a.shape.keys()], manner))
    return call(...arrays, { ...q.options, ...(manner.result && { dtype: manner.result }) })
  }
  const rank = q.arrays.input!.shape.length - 2
  const last = [0, ...Array.from({ length: rank }, (_, a) => a + 2), 1]
  const first = [0, rank + 1, ...Array.from({ length: rank }, (_, a) => a + 1)]
  const plain = [...first.keys()]
  const weightOrder = [...Array.from({ length: rank }, (_, a) => a + 2), 1, 0]
  const transposes = q.call.startsWith('convTranspose')
  const spatial = 'DHW'.slice(3 - rank)
  // In a transposed layer's weight the channels of its input stand where a forward layer has those
  // of its output.
  const weightLayout = manner.weightLast ? `${spatial}${transposes ? 'OI' : 'IO'}` : undefined
  const tensor = (name: string): NdArray =>
    ordered(q.arrays[name]!, manner.channelsLast ? last : plain, manner)
  const weight = (): NdArray =>
    ordered(q.arrays.weight!, manner.weightLast ? weightOrder : plain, manner)
  const shapeIn = (shape: readonly number[], order: readonly number[] | false): number[] =>
    order ? order.map((axis) => shape[axis]!) : [...shape]
  const options: Record<string, unknown> = {
    ...q.options,
    ...(manner.channelsLast && { layout: 'channels-last' }),
    ...(weightLayout && { weightLayout }),
    ...(q.arrays.bias && { bias: new Float64Array(q.arrays.bias.data) }),
    ...(manner.result && { dtype: manner.result }),
  }
  const wanted = options.outputShape as number[] | undefined
  if (wanted?.length === rank + 2 && manner.channelsLast)
    options.outputShape = shapeIn(wanted, last)
  const back = (y: NdArray): NdArray => (manner.channelsLast ? transpose(y, first) : y)
  const unweighted = (y: NdArray): NdArray => {
    if (!manner.weightLast) return y
    const inverse = plain.map((axis) => weightOrder.indexOf(axis))
    return transpose(y, inverse)
  }
  switch (q.call) {
    case 'convInputGradient':
      return back(
        await call(
          tensor('gradOutput'),
          weight(),
          shapeIn(q.shape!, manner.channelsLast && last),
          options,
        ),
      )
    case 'convBiasGradient':
      return call(tensor('gradOutput'), options)
    case 'convTransposeInputGradient':
      return back(await call(tensor('gradOutput'), weight(), options))
    case 'convWeightGradient':
    case 'convTransposeWeightGradient':
      return unweighted(
        await call(
          tensor('input'),
          tensor('gradOutput'),
          shapeIn(q.shape!, manner.weightLast && weightOrder),
          options,
        ),
      )
    default:
      return back(await call(tensor('input'), weight(), options))
  }
}

const epsilon = { float32: 2 ** -23, float64: 2 ** -52 }

/** What is wrong with a result, in words; undefined where it is right. */
function fault(q: RandomQuestion, manner: Manner, y: NdArray, answer: Answer): string | undefined {
  if (answer.error !== undefined) return `the other side: ${answer.error}`
  if (y.shape.join() !== answer.shape!.join())
    return `shape [${y.shape}], but [${answer.shape}] is right`
  const truth = new Float64Array(new Uint8Array(Buffer.from(answer.data!, 'base64')).buffer)
  const mine = sync.contiguous(y).data
  const eps =
    epsilon[manner.dtype === 'float64' || manner.dtype === 'int32' ? 'float64' : 'float32']
  const largest = Object.entries(q.arrays).map(([, { data }]) =>
    data.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
  )
  const scale = largest.reduce((product, m) => product * Math.max(m, 1), 1) * q.products
  const curved = q.options.activation === 'sigmoid' || q.options.activation === 'tanh'
  const bound = q.whole ? (curved ? 8 * eps : 0) : q.products * eps * scale + 8 * eps
  const range =
    manner.result === 'uint8' ? [0, 255] : manner.result === 'int16' ? [-32768, 32767] : undefined
  for (let i = 0; i < truth.length; i++) {
    const right =
      range === undefined ? truth[i]! : Math.min(Math.max(truth[i]!, range[0]!), range[1]!)
    // Rounding: a whole result of a curve may fall on either side of a half.
    const off = Math.abs(mine[i]! - right)
    if (
      !(
        off <= (range !== undefined && (curved || !Number.isInteger(right)) ? 0.5 + 8 * eps : bound)
      )
    )
      return (
        `element ${i} is ${mine[i]}, but ${right} is right ` +
        `(${bound === 0 ? 'exactly' : `within ${bound}`})`
      )
  }
  return undefined
}

const batch = 64
const started = performance.now()
let [passed, failed] = [0, 0]
const isTerminal = process.stderr.isTTY === true
process.stdout.write(
  `${cases} cases from seed ${firstSeed}, against PyTorch and SciPy of ${values.python}\n`,
)
for (let from = 0; from < cases; from += batch) {
  const seeds = Array.from(
    { length: Math.min(batch, cases - from) },
    (_, i) => firstSeed + from + i,
  )
  const questions = seeds.map(question)
  for (const q of questions) ask(q)
  for (const [i, q] of questions.entries()) {
    const { value, done } = await answers.next()
    if (done === true) throw new Error('the Python side ended early; its message is above.')
    const manner = mannerOf(seeds[i]!, q)
    let wrong: string | undefined
    try {
      wrong = fault(q, manner, await computed(q, manner), JSON.parse(value as string) as Answer)
    } catch (cause) {
      wrong = `threw ${String(cause)}`
    }
    if (wrong === undefined) passed++
    else {
      failed++
      const shapes = Object.entries(q.arrays).map(([name, { shape }]) => `${name} [${shape}]`)
      process.stdout.write(
        `seed ${seeds[i]}: ${q.call} ${shapes.join(' ')} ${JSON.stringify(q.options)} ` +
          `${JSON.stringify(manner)}: ${wrong}\n`,
      )
    }
  }
  const share = (from + seeds.length) / cases
  if (isTerminal) {
    const left = ((performance.now() - started) / 1000 / share) * (1 - share)
    process.stderr.write(
      `\r${passed + failed} of ${cases}, ${failed} failed, ${Math.round(left)} s left   `,
    )
  }
}
if (isTerminal) process.stderr.write('\r\u001b[K')
python.stdin.end()
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
