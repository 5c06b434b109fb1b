/**
 * Splits a convolution over a dilated input into convolutions over the undilated input: its
 * polyphase components.
 *
 *   output r + q·Q of tap t + u·T:   r·stride + t·dilation = before + m·I   reads first sample m
 *
 * Input dilation I inserts I − 1 zeros between neighbouring samples. Which taps of output r read
 * real samples depends only on r modulo Q = I / gcd(stride, I). All outputs with the same remainder
 * form one component: every Q-th output, computed from every T-th tap, T = I / gcd(dilation, I). A
 * component is an ordinary convolution over the undilated input, so it multiplies no inserted zero.
 * An input without dilation has one component.
 *
 * Components whose first tap reads the same sample m differ only in where they begin. They are
 * siblings: one `PolyphaseComponent` describes them all, and a loop runs over them. So there are
 * only a few, however large the stride of a transposed layer: at most four along an axis for stride
 * and dilation 1. Outputs that no tap connects with a sample are in none.
 */

import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'
import { cartesianProduct } from '../ndarray/cartesian-product.ts'
import { gcd } from '../ndarray/gcd.ts'
import { modulo } from '../ndarray/modulo.ts'

/**
 * One axis of a polyphase component: tap u of output q reads sample q·stride + u·dilation − before.
 */
export interface ComponentAxis {
  readonly input: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly outputs: number
  /** Output q of the component is output outputStart + q·outputStep of the whole. */
  readonly outputStart: number
  readonly outputStep: number
  /** Tap u of the component is tap kernelStart + u·kernelStep of the kernel. */
  readonly kernelStart: number
  readonly kernelStep: number
  /**
   * The number of sibling components, which read the same samples. The next one begins outputNext
   * outputs and kernelNext taps further on.
   */
  readonly siblings: number
  readonly outputNext: number
  readonly kernelNext: number
}

export type PolyphaseComponent = readonly ComponentAxis[]

/**
 * The largest number of components in one program. A program with more takes seconds to compile.
 */
const maxComponents = 1024

/**
 * Returns the components of a geometry. Every output that reads a sample is in exactly one of them.
 * Call `unsupportedComponents` first.
 */
export function polyphaseComponents(g: ConvGeometry): readonly PolyphaseComponent[] {
  return cartesianProduct(g.axes.map(axisComponents))
}

/** The reason why this geometry has too many different components. Undefined if it does not. */
export function unsupportedComponents(g: ConvGeometry): string | undefined {
  const counts = g.axes.map((axis) =>
    runCount(axis) > maxComponents ? runCount(axis) : axisComponents(axis).length,
  )
  const all = counts.reduce((n, count) => n * count, 1)
  if (all <= maxComponents) return undefined
  return (
    `its input dilation gives ${all} different polyphase components, and a program has at most ` +
    `${maxComponents}`
  )
}

/** The components of a geometry, each sibling as a component of its own. */
export const singleComponents = (g: ConvGeometry): PolyphaseComponent[] =>
  polyphaseComponents(g).flatMap((component) => cartesianProduct(component.map(singleAxes)))

/** The number of components, siblings included. */
export const componentCount = (g: ConvGeometry): number =>
  polyphaseComponents(g).reduce(
    (sum, component) => sum + component.reduce((n, axis) => n * axis.siblings, 1),
    0,
  )

function singleAxes(axis: ComponentAxis): ComponentAxis[] {
  const { outputStart, outputNext, kernelStart, kernelNext } = axis
  return Array.from({ length: axis.siblings }, (_, j) => ({
    ...axis,
    ...{ outputStart: outputStart + j * outputNext, kernelStart: kernelStart + j * kernelNext },
    ...{ siblings: 1, outputNext: 0, kernelNext: 0 },
  }))
}

/** True if there are outputs that no tap connects with a sample. Their sum has no terms. */
export function hasUnread(g: ConvGeometry): boolean {
  const read = (axis: AxisGeometry): number =>
    axisComponents(axis).reduce((sum, { siblings, outputs }) => sum + siblings * outputs, 0)
  return g.axes.some((axis) => read(axis) < axis.output)
}

function axisComponents(axis: AxisGeometry): readonly ComponentAxis[] {
  if (axis.inputDilation > 1) return runsOf(axis).flatMap((run) => splitRun(axis, run))
  return axis.output === 0 ? [] : [wholeAxis(axis)]
}

/** The only component of an axis without input dilation. */
const wholeAxis = ({
  input,
  kernel,
  stride,
  dilation,
  before,
  output,
}: AxisGeometry): ComponentAxis => ({
  input,
  taps: kernel,
  stride,
  dilation,
  before,
  outputs: output,
  outputStart: 0,
  outputStep: 1,
  kernelStart: 0,
  kernelStep: 1,
  siblings: 1,
  outputNext: 0,
  kernelNext: 0,
})

/**
 * Consecutive components that all read the same first sample. `outputNext` and `kernelNext` lead to
 * the output and the tap of the next one.
 */
interface Run {
  readonly output: number
  readonly tap: number
  readonly sample: number
  readonly count: number
  readonly outputNext: number
  readonly kernelNext: number
}

/**
 * The distance between the outputs of one component, and between its taps: every Q-th and every
 * T-th.
 */
const stepsOf = ({
  stride,
  dilation,
  inputDilation,
}: AxisGeometry): readonly [outputs: number, taps: number] => [
  inputDilation / gcd(stride, inputDilation),
  inputDilation / gcd(dilation, inputDilation),
]

/** Splits a run into components whose siblings have equal numbers of taps and of outputs. */
function splitRun(axis: AxisGeometry, run: Run): ComponentAxis[] {
  const { input, kernel, stride, dilation, inputDilation, output } = axis
  const [outputStep, kernelStep] = stepsOf(axis)
  const axes: ComponentAxis[] = []
  for (let at = 0; at < run.count; ) {
    const outputStart = run.output + at * run.outputNext
    const kernelStart = run.tap + at * run.kernelNext
    // Along a run, the first output increases and the first tap decreases. Find where a component
    // has one output less, or one tap more.
    const lastOutput = (output - 1) % outputStep
    const lastTap = (kernel - 1) % kernelStep
    const toOutput =
      outputStart <= lastOutput && run.count > 1
        ? Math.floor((lastOutput - outputStart) / run.outputNext) + 1
        : Infinity
    const toTap =
      kernelStart > lastTap && run.count > 1
        ? Math.ceil((kernelStart - lastTap) / -run.kernelNext)
        : Infinity
    const siblings = Math.min(run.count - at, toOutput, toTap)
    axes.push({
      input,
      taps: Math.floor((kernel - 1 - kernelStart) / kernelStep) + 1,
      stride: (outputStep * stride) / inputDilation,
      dilation: (kernelStep * dilation) / inputDilation,
      before: 0 - run.sample,
      outputs: Math.floor((output - 1 - outputStart) / outputStep) + 1,
      ...{ outputStart, outputStep, kernelStart, kernelStep, siblings },
      outputNext: siblings > 1 ? run.outputNext : 0,
      kernelNext: siblings > 1 ? run.kernelNext : 0,
    })
    at += siblings
  }
  return axes
}

/** An upper bound on the number of runs that `runsOf` returns, computed without listing them. */
function runCount(axis: AxisGeometry): number {
  const { samples, taps } = candidates(axis)
  return Math.min(samples, taps)
}

/**
 * The candidates for the start of a component: its output r < outputs, its tap t < taps, and its
 * sample m = first, first + next, … (`samples` of them). They are the integer solutions of
 *
 *   r·stride + t·dilation = before + m·I
 *
 * All positions are exact: a geometry has none above 2⁵³.
 */
interface Candidates {
  readonly outputs: number
  readonly taps: number
  readonly first: number
  readonly next: number
  readonly samples: number
}

function candidates(axis: AxisGeometry): Candidates {
  const { stride, dilation, inputDilation, before, kernel, output } = axis
  const [outputStep, kernelStep] = stepsOf(axis)
  const [outputs, taps] = [Math.min(outputStep, output), Math.min(kernelStep, kernel)]
  const common = gcd(stride, dilation)
  const shared = gcd(common, inputDilation)
  if (outputs === 0 || before % shared !== 0)
    return { outputs, taps, first: 0, next: 1, samples: 0 }
  const next = common / shared
  const span = (outputs - 1) * stride + (taps - 1) * dilation
  // before + m·I must be a multiple of the common divisor of stride and dilation.
  const remainder = quotient(-before / shared, inputDilation / shared, next)
  const lowest = ceiling(-before, inputDilation)
  const first = lowest + modulo(remainder - lowest, next)
  const last = floor(span - before, inputDilation)
  return { outputs, taps, first, next, samples: last < first ? 0 : (last - first) / next + 1 }
}

/**
 * Returns all components as runs of siblings that read the same sample first. If there are more
 * such samples than taps, returns them one by one, by their first tap.
 */
function runsOf(axis: AxisGeometry): Run[] {
  const all = candidates(axis)
  return all.samples <= all.taps ? runsBySample(axis, all) : runsByTap(axis, all)
}

function runsBySample(
  { stride, dilation, inputDilation, before }: AxisGeometry,
  { outputs, taps, first, next, samples }: Candidates,
): Run[] {
  const common = gcd(stride, dilation)
  const [outputNext, tapNext] = [dilation / common, stride / common]
  const runs: Run[] = []
  for (let n = 0; n < samples; n++) {
    const sample = first + n * next
    const position = before + sample * inputDilation
    // The taps remainder + n·tapNext solve r·stride + t·dilation = position. Only those with an
    // output in the range count.
    const remainder = quotient(position / common, outputNext, tapNext)
    const minTap = Math.max(0, ceiling(position - (outputs - 1) * stride, dilation))
    const maxTap = Math.min(taps - 1, floor(position, dilation))
    const tap = maxTap - modulo(maxTap - remainder, tapNext)
    if (tap < minTap) continue
    const count = floor(tap - minTap, tapNext) + 1
    const output = (position - tap * dilation) / stride
    runs.push({ output, tap, sample, count, outputNext, kernelNext: -tapNext })
  }
  return runs
}

function runsByTap(
  { stride, dilation, inputDilation, before }: AxisGeometry,
  { outputs, taps }: Candidates,
): Run[] {
  const common = gcd(stride, inputDilation)
  const runs: Run[] = []
  for (let tap = 0; tap < taps; tap++) {
    const position = before - tap * dilation
    if (position % common !== 0) continue
    const output = quotient(position / common, stride / common, inputDilation / common)
    if (output >= outputs) continue
    const sample = (output * stride - position) / inputDilation
    runs.push({ output, tap, sample, count: 1, outputNext: 0, kernelNext: 0 })
  }
  return runs
}

const floor = (a: number, b: number): number => (a - modulo(a, b)) / b
const ceiling = (a: number, b: number): number => -floor(-a, b)

/** Returns the x in [0, n) with b·x ≡ a modulo n, for coprime b and n. */
function quotient(a: number, b: number, n: number): number {
  if (n === 1) return 0
  const [dividend, factor] = [modulo(a, n), inverse(b, n)]
  const product = dividend * factor
  return product <= Number.MAX_SAFE_INTEGER
    ? product % n
    : Number((BigInt(dividend) * BigInt(factor)) % BigInt(n))
}

/** Returns the x in [0, n) with a·x ≡ 1 modulo n, for coprime a and n. Euclid's algorithm. */
function inverse(a: number, n: number): number {
  let [old, rest, x, y] = [modulo(a, n), n, 1, 0]
  while (rest !== 0) {
    const quotient = floor(old, rest)
    ;[old, rest, x, y] = [rest, old - quotient * rest, y, x - quotient * y]
  }
  return modulo(x, n)
}
