/**
 * Compares the filters with names with SciPy on new random cases, element by element.
 *
 *     npm run random -- filters [--cases 3000] [--seed N] [--python /usr/bin/python3]
 *
 * The bound is (2·taps + 32) · ε · max|x| · Σ|k|, with the ε of the sums, and for savitzkyGolay
 * what SciPy's own solution may lose. A failed case is printed with its seed; `--seed N --cases 1`
 * repeats it. The last line is `N passed, M failed`.
 */

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as promises from 'stridefold'
import { type NdArray, ndarray, transpose } from 'stridefold'
import * as sync from 'stridefold/sync'
import { type FilterCase, randomFilter } from './random-filter.ts'

interface Answer {
  readonly shape: readonly number[]
  readonly data: string
  readonly scale: number
  readonly taps: number
  readonly slack: number
  readonly error?: string
}

const Types = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
}

/** The arrays as stridefold gets them: the first one maybe as a transposed view. */
function arraysOf({ arrays, dtype, isView }: FilterCase): NdArray[] {
  return arrays.map(({ shape, data }, i) => {
    const x = ndarray(new Types[dtype](data), shape)
    if (!isView || i > 0) return x
    const order = [...shape.keys()].reverse()
    return transpose(sync.contiguous(transpose(x, order)), order)
  })
}

/** A description of the first error, or undefined. */
function findError(y: NdArray, answer: Answer, eps: number): string | undefined {
  if (answer.error !== undefined) return `filter_reference.py failed: ${answer.error}`
  if (y.shape.join() !== answer.shape.join()) return `shape [${y.shape}], not [${answer.shape}]`
  const expected = new Float64Array(new Uint8Array(Buffer.from(answer.data, 'base64')).buffer)
  const bound = (2 * answer.taps + 32) * eps * answer.scale + answer.slack
  const { data } = sync.contiguous(y)
  const worst = expected.findIndex((value, i) => !(Math.abs(data[i]! - value) <= bound))
  return worst < 0
    ? undefined
    : `element ${worst} is ${data[worst]}, expected ${expected[worst]} within ${bound}`
}

/** Runs these cases. Returns whether all passed. `interpreter` is a Python with SciPy. */
export async function runFilters(
  cases: number,
  firstSeed: number,
  interpreter: string,
): Promise<boolean> {
  const script = fileURLToPath(new URL('filter_reference.py', import.meta.url))
  const python = spawn(interpreter, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
  let [passed, failed] = [0, 0]
  const perCall = new Map<string, number>()
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const filterCase = randomFilter(seed)
    const { call, options, arrays, dtype, entryPoint } = filterCase
    python.stdin.write(`${JSON.stringify({ call, options, arrays: arrays.map(pack) })}\n`)
    const { value } = await answers.next()
    const names: Record<string, unknown> = entryPoint === 'sync' ? { ...sync } : { ...promises }
    const filter = names[call] as (...given: unknown[]) => NdArray | Promise<NdArray>
    let problem: string | undefined
    try {
      const y = await filter(...arraysOf(filterCase), options)
      const eps = dtype === 'float64' || dtype === 'int32' ? 2 ** -52 : 2 ** -23
      problem = findError(y, JSON.parse(value as string) as Answer, eps)
    } catch (error) {
      problem = `stridefold threw ${String(error)}`
    }
    perCall.set(call, (perCall.get(call) ?? 0) + 1)
    if (problem === undefined) passed++
    else {
      failed++
      const shapes = arrays.map(({ shape }) => `[${shape}]`).join(' ')
      console.log(`seed ${seed}: ${call} ${shapes} ${dtype} ${JSON.stringify(options)}: ${problem}`)
    }
  }
  python.stdin.end()
  console.log(`Cases: ${JSON.stringify(Object.fromEntries(perCall))}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0
}

const pack = ({ shape, data }: FilterCase['arrays'][number]): object => ({
  shape,
  data: Buffer.from(data.buffer).toString('base64'),
})
