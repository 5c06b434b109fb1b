/**
 * Do the translations mean the same? Random small cases, translated, run by the other system on
 * whole numbers, compared with the definition.
 *
 *     node --conditions=@stridefold/source --import tsx scripts/translate/translate.ts
 *         [--cases 1000] [--seed N] [--python /usr/bin/python3]
 *         [--only numpy,scipy] [--rivals bench/rivals] [--magick convert]
 *
 * Whole numbers are exact in every sum here, so results must be equal; where OpenCV takes the
 * Fourier transform (from 50 weights on), within 32·ε·max|x|·Σ|k|. Ends with a line for each
 * system: passed, refused, failed. Needs a Python with NumPy, SciPy, PyTorch and OpenCV; tfjs and
 * onnx need what is installed in bench/rivals (and ONNX for Python), imagemagick a command, and
 * they run only when `--only` names them. Not part of `npm test`.
 */

import process from 'node:process'
import { parseArgs } from 'node:util'
import {
  type ConvGeometry,
  contiguous,
  ndarray,
  OptionError,
  parseCase,
  planCase,
  transpose,
} from 'stridefold/sync'
import { systems } from '../../packages/cli/src/translate/systems.ts'
import type { Translation } from '../../packages/cli/src/translate/translation.ts'
import { runners } from './run.ts'

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'numpy,scipy,pytorch,opencv,sharp,stridefold' },
    python: { type: 'string', default: '/usr/bin/python3' },
    rivals: { type: 'string', default: 'bench/rivals' },
    magick: { type: 'string', default: 'convert' },
  },
})
const asked = values.only.split(',').map((name) => {
  const system = systems.find((one) => one.name === name)
  if (system === undefined)
    throw new Error(`--only ${name}: known are ${systems.map((one) => one.name).join(', ')}.`)
  return system
})
const { run, close } = runners(values)

let state = Number(values.seed) >>> 0
/** A whole number below `n`: a linear congruence, read from its upper bits. */
const below = (n: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}
/** A picture under a filter, whole pixels: what tools for picture files can say. */
const pictureCase = (): string =>
  (
    `${3 + below(7)}x${3 + below(7)} * ${1 + below(5)}x${1 + below(5)} ` +
    `${oneOf(['same', 'same-lower'])} ${oneOf(['zero', 'edge', 'symmetric', 'wrap'])} ` +
    `${oneOf(['', 'flip'])}`
  ).trim()

const oneOf = <T>(items: readonly T[]): T => items[below(items.length)]!

/**
 * Signals, pictures, volumes and layers, with every token there is; cases whose window fits nowhere
 * come too and are skipped.
 */
function randomCase(): string {
  const rank = 1 + below(3)
  const layer = rank === 3 || below(2) === 0
  const groups = layer && below(3) === 0 ? 2 : 1
  const channels = layer && rank < 3 ? groups * (1 + below(2)) : 1
  const filters = channels > 1 ? groups * (1 + below(2)) : 1
  const extents = Array.from({ length: rank }, () => 1 + below(9))
  const kernel = Array.from({ length: rank }, () => 1 + below(4))
  const perAxis = (letter: string, make: () => string): string =>
    `${letter}${Array.from({ length: rank }, make).join(',')}`
  const left = layer ? [1 + (channels > 1 ? below(2) : 0), channels, ...extents] : extents
  const right = layer ? [filters, channels / (channels > 1 ? groups : 1), ...kernel] : kernel
  const border = (): string =>
    oneOf(['zero', 'edge', 'reflect', 'symmetric', 'wrap', 'constant=-3'])
  const padding = oneOf([
    '',
    'same',
    'same-lower',
    'full',
    perAxis('p', () => `${below(4) - (below(4) === 0 ? 1 : 0)}:${below(4)}`),
  ])
  const tokens = [
    padding,
    oneOf(['', '', perAxis('s', () => `${1 + below(3)}`)]),
    oneOf(['', '', perAxis('d', () => `${1 + below(3)}`)]),
    oneOf(['', '', '', '', perAxis('i', () => `${1 + below(2)}`)]),
    channels > 1 && groups > 1 ? `g${groups}` : '',
    oneOf(['', border(), border(), perAxis('border=', border)]),
    oneOf(['', 'flip']),
    oneOf(['', 'f64']),
  ]
  return [left.join('x'), '*', right.join('x'), ...tokens].filter((word) => word !== '').join(' ')
}

const wholes = (count: number): number[] => Array.from({ length: count }, () => below(19) - 9)

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

function expected(g: ConvGeometry, x: readonly number[], k: readonly number[]): number[] {
  const Type = g.dtype === 'float64' ? Float64Array : Float32Array
  const inputs = g.axes.map(({ input }) => input)
  const kernels = g.axes.map(({ kernel }) => kernel)
  const plan = planCase(g.key, { algorithm: 'naive' })
  const y = plan.runSync(
    ndarray(new Type(x), [g.batch, g.channels, ...inputs]),
    ndarray(new Type(k), [g.filters, g.channels / g.groups, ...kernels]),
  )
  plan.dispose()
  return [...contiguous(y).data].map(Number)
}

/**
 * From N C spatial into the layout of `axes`, and weights from O I spatial; a depthwise kernel's C
 * M is its O in one row.
 */
function relaid(data: readonly number[], shape: readonly number[], axes: string): number[] {
  const source = ndarray(Float64Array.from(data), shape)
  const last = shape.map((_, a) => a).slice(2)
  const order =
    /^(N|O) [CI]/.test(axes) || axes === ''
      ? shape.map((_, a) => a)
      : axes.startsWith('N')
        ? [0, ...last, 1]
        : axes.endsWith('I O')
          ? [...last, 1, 0]
          : [...last, 0, 1]
  return [...contiguous(transpose(source, order)).data].map(Number)
}

const clipped = (value: number): number => Math.min(Math.max(value, 0), 255)

const counts = Object.fromEntries(
  asked.map(({ name }) => [name, { passed: 0, refused: 0, failed: 0 }]),
)
for (let n = 0; n < Number(values.cases); n++) {
  const g = parseCase(below(4) === 0 ? pictureCase() : randomCase())
  if (g.axes.some(({ output }) => output === 0)) continue
  const inputShape = [g.batch, g.channels, ...g.axes.map(({ input }) => input)]
  const kernelShape = [g.filters, g.channels / g.groups, ...g.axes.map(({ kernel }) => kernel)]
  const outputShape = [g.batch, g.filters, ...g.axes.map(({ output }) => output)]
  const [x, k] = [wholes(size(inputShape)), wholes(size(kernelShape))]
  for (const system of asked) {
    const count = counts[system.name]!
    let made: Translation
    try {
      made = system.translate(g)
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      count.refused++
      continue
    }
    // A valid model that ONNX Runtime has no code for.
    if (system.name === 'onnx' && g.dtype === 'float64') continue
    // Pictures hold no negative numbers.
    const bytes = made.y.dtype === 'uint8'
    const input = bytes ? x.map(Math.abs) : x
    const truth = expected(g, input, k)
    const wanted = relaid(bytes ? truth.map(clipped) : truth, outputShape, made.y.axes)
    let answer: Awaited<ReturnType<ReturnType<typeof run>>> | Error
    try {
      answer = await run(system)(made, {
        x: relaid(input, inputShape, made.x.axes),
        k: relaid(k, kernelShape, made.k.axes),
        dtype: g.dtype,
      })
    } catch (error) {
      answer = error instanceof Error ? error : new Error(String(error))
    }
    const taps = size(g.axes.map(({ kernel, dilation }) => (kernel - 1) * dilation + 1))
    const epsilon = g.dtype === 'float64' ? 2 ** -52 : 2 ** -23
    const magnitude =
      Math.max(...x.map(Math.abs)) * k.reduce((all, weight) => all + Math.abs(weight), 0)
    const slack = system.name === 'opencv' && taps >= 50 ? 32 * epsilon * magnitude : 0
    const right =
      !(answer instanceof Error) &&
      answer.dtype === (made.y.dtype ?? g.dtype) &&
      answer.shape.join() === made.y.shape.join() &&
      answer.data.length === wanted.length &&
      answer.data.every((value, i) => Math.abs(value - wanted[i]!) <= slack)
    if (right) count.passed++
    else {
      count.failed++
      const said =
        answer instanceof Error ? answer.message : `${answer.dtype} ${answer.shape}: ${answer.data}`
      process.stdout.write(
        `${system.name}: ${g.key}\n${made.code}\n${said}\nwanted ${made.y.shape}: ${wanted}\n\n`,
      )
    }
  }
}
close()
for (const [name, { passed, refused, failed }] of Object.entries(counts))
  process.stdout.write(`${name}: ${passed} passed, ${refused} refused, ${failed} failed\n`)
process.exitCode = Object.values(counts).some(({ failed, passed }) => failed > 0 || passed === 0)
  ? 1
  : 0
