/**
 * Tests the translations of `stridefold` to other systems. Translates small random cases, runs the
 * code in the other system on integers, and compares the results with the definition.
 *
 *     node --conditions=@stridefold/source --import tsx scripts/translate/translate.ts
 *         [--cases 1000] [--seed N] [--python /usr/bin/python3]
 *         [--only numpy,scipy] [--rivals bench/rivals] [--magick convert]
 *
 * All sums of the integers are exact, so results must be equal. Where OpenCV uses the Fourier
 * transform (from 50 weights on), the tolerance is 32·ε·max|x|·Σ|k|. The last lines have the counts
 * per system: passed, refused, failed.
 *
 * Needs a Python with NumPy, SciPy, PyTorch and OpenCV. tfjs, onnx and imagemagick run only if
 * `--only` names them: tfjs and onnx need the packages of bench/rivals (onnx also ONNX for Python),
 * and imagemagick needs its command. Not part of `npm test`.
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
import { randomCases } from './random-case.ts'
import { createRunners } from './run.ts'

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
const selectedSystems = values.only.split(',').map((name) => {
  const system = systems.find((known) => known.name === name)
  if (system === undefined)
    throw new Error(`--only ${name}: choose from ${systems.map((known) => known.name).join(', ')}.`)
  return system
})
const { run, close } = createRunners(values)

const { below, next } = randomCases(Number(values.seed))

const randomIntegers = (count: number): number[] =>
  Array.from({ length: count }, () => below(19) - 9)

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

function computeReference(g: ConvGeometry, x: readonly number[], k: readonly number[]): number[] {
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
 * Copies data from N C spatial (weights: O I spatial) to the layout of `axes`. The axes C M of a
 * depthwise kernel are its axis O, split in two.
 */
function toLayout(data: readonly number[], shape: readonly number[], axes: string): number[] {
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

const clipToByte = (value: number): number => Math.min(Math.max(value, 0), 255)

const counts = Object.fromEntries(
  selectedSystems.map(({ name }) => [name, { passed: 0, refused: 0, failed: 0 }]),
)
for (let n = 0; n < Number(values.cases); n++) {
  const g = parseCase(next())
  if (g.axes.some(({ output }) => output === 0)) continue
  const inputShape = [g.batch, g.channels, ...g.axes.map(({ input }) => input)]
  const kernelShape = [g.filters, g.channels / g.groups, ...g.axes.map(({ kernel }) => kernel)]
  const outputShape = [g.batch, g.filters, ...g.axes.map(({ output }) => output)]
  const [x, k] = [randomIntegers(size(inputShape)), randomIntegers(size(kernelShape))]
  for (const system of selectedSystems) {
    const count = counts[system.name]!
    let translation: Translation
    try {
      translation = system.translate(g)
    } catch (error) {
      if (!(error instanceof OptionError)) throw error
      count.refused++
      continue
    }
    // The model is valid, but ONNX Runtime does not implement it.
    if (system.name === 'onnx' && g.dtype === 'float64') continue
    // Images contain no negative numbers.
    const bytes = translation.y.dtype === 'uint8'
    const input = bytes ? x.map(Math.abs) : x
    const reference = computeReference(g, input, k)
    const expected = toLayout(
      bytes ? reference.map(clipToByte) : reference,
      outputShape,
      translation.y.axes,
    )
    let answer: Awaited<ReturnType<ReturnType<typeof run>>> | Error
    try {
      answer = await run(system)(translation, {
        x: toLayout(input, inputShape, translation.x.axes),
        k: toLayout(k, kernelShape, translation.k.axes),
        dtype: g.dtype,
      })
    } catch (error) {
      answer = error instanceof Error ? error : new Error(String(error))
    }
    const taps = size(g.axes.map(({ kernel, dilation }) => (kernel - 1) * dilation + 1))
    const epsilon = g.dtype === 'float64' ? 2 ** -52 : 2 ** -23
    const magnitude =
      Math.max(...x.map(Math.abs)) * k.reduce((sum, weight) => sum + Math.abs(weight), 0)
    const tolerance = system.name === 'opencv' && taps >= 50 ? 32 * epsilon * magnitude : 0
    const isCorrect =
      !(answer instanceof Error) &&
      answer.dtype === (translation.y.dtype ?? g.dtype) &&
      answer.shape.join() === translation.y.shape.join() &&
      answer.data.length === expected.length &&
      answer.data.every((value, i) => Math.abs(value - expected[i]!) <= tolerance)
    if (isCorrect) count.passed++
    else {
      count.failed++
      const answerText =
        answer instanceof Error ? answer.message : `${answer.dtype} ${answer.shape}: ${answer.data}`
      process.stdout.write(
        `${system.name}: ${g.key}\n${translation.code}\n${answerText}\nexpected ${translation.y.shape}: ${expected}\n\n`,
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
