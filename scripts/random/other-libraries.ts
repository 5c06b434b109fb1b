/**
 * Compares stridefold with PyTorch and SciPy on new random cases: all layer, gradient and signal
 * calls, element by element.
 *
 * Results of integers, with accuracy: 'strict', must be equal. The tolerance for fractions is
 * products · ε · max|x| · Σ|k|. A failed case is printed with its seed; `--seed N --cases 1`
 * repeats it.
 */

import { spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as promises from 'stridefold'
import { type NdArray, ndarray, reshape, transpose } from 'stridefold'
import * as sync from 'stridefold/sync'
import { randomCase } from './generate.ts'
import { numbers, type Packed, type RandomCase } from './random-case.ts'

interface Answer {
  readonly shape?: readonly number[]
  readonly data?: string
  readonly error?: string
}

const pack = ({ shape, data }: Packed): object => ({
  shape,
  data: Buffer.from(data.buffer).toString('base64'),
})

function request({ kind, arrays, reference }: RandomCase): string {
  const packedArrays = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, pack(array)]),
  )
  return `${JSON.stringify({ kind, ...reference, arrays: packedArrays })}\n`
}

/** How a case is passed to stridefold: types, layouts, and the entry point. */
interface CallStyle {
  readonly dtype: 'float32' | 'float64' | 'int8' | 'int16' | 'int32'
  readonly result: 'int16' | 'uint8' | undefined
  readonly channelsLast: boolean
  readonly weightLast: boolean
  /** True for a weight spatial × I × M where each input channel is a group. */
  readonly multiplier: boolean
  /** True for a transposed view, false for a dense array. */
  readonly view: boolean
  readonly entryPoint: 'sync' | 'promise'
}

function callStyleOf(seed: number, randomCase: RandomCase): CallStyle {
  const { isInteger, kind } = randomCase
  const next = numbers(seed ^ 0x5bd1e995)
  const types = ['float32', 'float32', 'float32', 'float64', 'int8', 'int16', 'int32'] as const
  return {
    dtype: types[next(isInteger ? 7 : 4)]!,
    result: isInteger && next(5) === 0 ? (['int16', 'uint8'] as const)[next(2)] : undefined,
    channelsLast: kind !== 'signal' && next(2) === 0,
    weightLast: kind !== 'signal' && next(3) === 0,
    view: next(3) === 0,
    entryPoint: next(2) === 0 ? 'sync' : 'promise',
    multiplier: next(2) === 0 && isDepthwise(randomCase),
  }
}

/** Whether each input channel of a layer is a group. */
function isDepthwise({ kind, arrays, options }: RandomCase): boolean {
  const [first, second] = arrays.weight?.shape ?? []
  return kind.startsWith('transposed') ? first === options.groups : second === 1
}

/** How a weight is passed: its layout, its shape before the axes are ordered, and their order. */
interface WeightStyle {
  readonly layout: string | undefined
  readonly shape: readonly number[]
  readonly order: readonly number[]
}

function weightStyleOf({ call, arrays, options }: RandomCase, style: CallStyle): WeightStyle {
  const { shape } = arrays.weight!
  const [first = 1, second = 1, ...kernel] = shape
  const spatial = 'DHW'.slice(3 - kernel.length)
  const axes = kernel.map((_, a) => a + 2)
  if (style.multiplier) {
    const channels = options.groups as number
    const multiplier = (first * second) / channels
    return {
      layout: `${spatial}IM`,
      shape: [channels, multiplier, ...kernel],
      order: [...axes, 0, 1],
    }
  }
  // The first axis of a transposed layer's weight is the channels of its input; that of a forward
  // layer's weight is the channels of its output.
  const letters = call.startsWith('convTranspose') ? 'IO' : 'OI'
  if (style.weightLast) {
    const layout = `${spatial}${[...letters].reverse().join('')}`
    return { layout, shape, order: [...axes, 1, 0] }
  }
  const layout = style.channelsLast ? `${letters}${spatial}` : undefined
  return { layout, shape, order: [0, 1, ...axes] }
}

const Types = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
}

/**
 * Returns the array with its axes in the given order: as a view of the original array, or as a
 * dense copy.
 */
function withAxisOrder(
  { shape, data }: Packed,
  order: readonly number[],
  style: CallStyle,
): NdArray {
  const view = transpose(ndarray(new Types[style.dtype](data), shape), order)
  return style.view ? view : sync.contiguous(view)
}

/**
 * Computes a case with stridefold. Returns the result with the axes in the order of PyTorch. Only
 * direct sums of integers are exact, so cases of integers use accuracy 'strict'.
 */
async function compute(randomCase: RandomCase, style: CallStyle): Promise<NdArray> {
  const q =
    randomCase.isInteger && randomCase.call !== 'convBiasGradient'
      ? { ...randomCase, options: { ...randomCase.options, accuracy: 'strict' } }
      : randomCase
  const names: Record<string, unknown> = style.entryPoint === 'sync' ? { ...sync } : { ...promises }
  const call = names[q.call] as (...args: unknown[]) => NdArray | Promise<NdArray>
  if (q.kind === 'signal') {
    const arrays = Object.values(q.arrays).map((a) => withAxisOrder(a, [...a.shape.keys()], style))
    return call(...arrays, { ...q.options, ...(style.result && { dtype: style.result }) })
  }
  const rank = q.arrays.input!.shape.length - 2
  const last = [0, ...Array.from({ length: rank }, (_, a) => a + 2), 1]
  const first = [0, rank + 1, ...Array.from({ length: rank }, (_, a) => a + 1)]
  const sameOrder = [...first.keys()]
  const axisNames = `N${'DHW'.slice(3 - rank)}C`
  const w = weightStyleOf(q, style)
  const tensor = (name: string): NdArray =>
    withAxisOrder(q.arrays[name]!, style.channelsLast ? last : sameOrder, style)
  const weight = (): NdArray =>
    withAxisOrder({ data: q.arrays.weight!.data, shape: w.shape }, w.order, style)
  const shapeIn = (shape: readonly number[], order: readonly number[]): number[] =>
    order.map((axis) => shape[axis]!)
  const options: Record<string, unknown> = {
    ...q.options,
    ...(style.channelsLast && { layout: style.view ? 'channels-last' : axisNames }),
    ...(w.layout && { weightLayout: w.layout }),
    ...(q.arrays.bias && { bias: new Float64Array(q.arrays.bias.data) }),
    ...(style.result && { dtype: style.result }),
  }
  // A weight with a channel multiplier defines the groups.
  if (style.multiplier && style.entryPoint === 'sync') delete options.groups
  const outputShape = options.outputShape as number[] | undefined
  if (outputShape?.length === rank + 2 && style.channelsLast)
    options.outputShape = shapeIn(outputShape, last)
  const toChannelsFirst = (y: NdArray): NdArray => (style.channelsLast ? transpose(y, first) : y)
  const toOriginalWeight = (y: NdArray): NdArray => {
    const inverse = sameOrder.map((axis) => w.order.indexOf(axis))
    return reshape(sync.contiguous(transpose(y, inverse)), q.shape!)
  }
  switch (q.call) {
    case 'convInputGradient':
      return toChannelsFirst(
        await call(
          tensor('gradOutput'),
          weight(),
          shapeIn(q.shape!, style.channelsLast ? last : sameOrder),
          options,
        ),
      )
    case 'convBiasGradient':
      return call(tensor('gradOutput'), options)
    case 'convTransposeInputGradient':
      return toChannelsFirst(await call(tensor('gradOutput'), weight(), options))
    case 'convWeightGradient':
    case 'convTransposeWeightGradient':
      return toOriginalWeight(
        await call(tensor('input'), tensor('gradOutput'), shapeIn(w.shape, w.order), options),
      )
    default:
      return toChannelsFirst(await call(tensor('input'), weight(), options))
  }
}

const epsilon = { float32: 2 ** -23, float64: 2 ** -52 }

/** Returns a description of the first error in a result, or undefined if the result is correct. */
function findError(
  q: RandomCase,
  style: CallStyle,
  y: NdArray,
  answer: Answer,
): string | undefined {
  if (answer.error !== undefined) return `reference.py failed: ${answer.error}`
  if (y.shape.join() !== answer.shape!.join())
    return `shape [${y.shape}], expected [${answer.shape}]`
  const reference = new Float64Array(new Uint8Array(Buffer.from(answer.data!, 'base64')).buffer)
  const result = sync.contiguous(y).data
  const eps = epsilon[style.dtype === 'float64' || style.dtype === 'int32' ? 'float64' : 'float32']
  const largest = Object.entries(q.arrays).map(([, { data }]) =>
    data.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
  )
  const scale = largest.reduce((product, m) => product * Math.max(m, 1), 1) * q.products
  const isCurve = q.options.activation === 'sigmoid' || q.options.activation === 'tanh'
  const bound = q.isInteger ? (isCurve ? 8 * eps : 0) : q.products * eps * scale + 8 * eps
  const range =
    style.result === 'uint8' ? [0, 255] : style.result === 'int16' ? [-32768, 32767] : undefined
  for (let i = 0; i < reference.length; i++) {
    const expected =
      range === undefined ? reference[i]! : Math.min(Math.max(reference[i]!, range[0]!), range[1]!)
    // sigmoid and tanh are not exact, so a value near a half may round to either integer.
    const difference = Math.abs(result[i]! - expected)
    if (
      !(
        difference <=
        (range !== undefined && (isCurve || !Number.isInteger(expected)) ? 0.5 + 8 * eps : bound)
      )
    )
      return (
        `element ${i} is ${result[i]}, expected ${expected} ` +
        `(${bound === 0 ? 'exactly' : `within ${bound}`})`
      )
  }
  return undefined
}

const batch = 64

/**
 * Runs these cases and prints the failed ones; the last line is `N passed, M failed`. Returns
 * whether all passed. `interpreter` is a Python with PyTorch and SciPy.
 */
export async function runAgainstLibraries(
  cases: number,
  firstSeed: number,
  interpreter: string,
): Promise<boolean> {
  const python = spawn(interpreter, [fileURLToPath(new URL('reference.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
  python.on('error', (cause) => {
    process.stderr.write(
      `${interpreter} does not start: ${cause.message}. Set --python to a Python with PyTorch ` +
        'and SciPy.\n',
    )
    process.exit(1)
  })
  const startTime = performance.now()
  let [passed, failed] = [0, 0]
  const isTerminal = process.stderr.isTTY === true
  process.stdout.write(
    `${cases} cases from seed ${firstSeed}, against PyTorch and SciPy of ${interpreter}\n`,
  )
  for (let from = 0; from < cases; from += batch) {
    const seeds = Array.from(
      { length: Math.min(batch, cases - from) },
      (_, i) => firstSeed + from + i,
    )
    const randomCases = seeds.map(randomCase)
    for (const q of randomCases) python.stdin.write(request(q))
    for (const [i, q] of randomCases.entries()) {
      const { value, done } = await answers.next()
      if (done === true) throw new Error('The Python process ended early; its message is above.')
      const style = callStyleOf(seeds[i]!, q)
      let error: string | undefined
      try {
        error = findError(q, style, await compute(q, style), JSON.parse(value as string) as Answer)
      } catch (cause) {
        error = `threw ${String(cause)}`
      }
      if (error === undefined) passed++
      else {
        failed++
        const shapes = Object.entries(q.arrays).map(([name, { shape }]) => `${name} [${shape}]`)
        process.stdout.write(
          `seed ${seeds[i]}: ${q.call} ${shapes.join(' ')} ${JSON.stringify(q.options)} ` +
            `${JSON.stringify(style)}: ${error}\n`,
        )
      }
    }
    const share = (from + seeds.length) / cases
    if (isTerminal) {
      const secondsLeft = ((performance.now() - startTime) / 1000 / share) * (1 - share)
      process.stderr.write(
        `\r${passed + failed} of ${cases}, ${failed} failed, ${Math.round(secondsLeft)} s left   `,
      )
    }
  }
  if (isTerminal) process.stderr.write('\r\u001b[K')
  python.stdin.end()
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0
}
