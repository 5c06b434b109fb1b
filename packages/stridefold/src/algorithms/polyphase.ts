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
import { gcd } from '../ndarray/gcd.ts'

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
  const cached = componentCache.get(g)
  if (cached !== undefined) return cached
  const components = g.axes.reduce<PolyphaseComponent[]>(
    (prefixes, axis) =>
      prefixes.flatMap((prefix) => axisComponents(axis).map((next) => [...prefix, next])),
    [[]],
  )
  componentCache.set(g, components)
  return components
}

const componentCache = new WeakMap<ConvGeometry, readonly PolyphaseComponent[]>()

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
  polyphaseComponents(g).flatMap(singles)

/** The number of components, siblings included. */
export const componentCount = (g: ConvGeometry): number =>
  polyphaseComponents(g).reduce(
    (sum, component) => sum + component.reduce((n, axis) => n * axis.siblings, 1),
    0,
  )

function singles(component: PolyphaseComponent): PolyphaseComponent[] {
  return component.reduce<PolyphaseComponent[]>(
    (prefixes, axis) =>
      prefixes.flatMap((prefix) => singleAxes(axis).map((next) => [...prefix, next])),
    [[]],
  )
}

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

const axisCache = new WeakMap<AxisGeometry, readonly ComponentAxis[]>()

function axisComponents(axis: AxisGeometry): readonly ComponentAxis[] {
  const cached = axisCache.get(axis)
  if (cached !== undefined) return cached
  const components = runsOf(axis).flatMap((run) => splitRun(axis, run))
  axisCache.set(axis, components)
  return components
}

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
  return Number(samples < taps ? samples : taps)
}

/**
 * The candidates for the start of a component: its output r < outputs, its tap t < taps, and its
 * sample m = first, first + next, … (`samples` of them). They are the integer solutions of
 *
 *   r·stride + t·dilation = before + m·I
 */
function candidates(axis: AxisGeometry): {
  outputs: bigint
  taps: bigint
  first: bigint
  next: bigint
  samples: bigint
} {
  const { stride, dilation, inputDilation, before, kernel, output } = axis
  const [outputStep, kernelStep] = stepsOf(axis)
  const [outputs, taps] = [
    BigInt(Math.min(outputStep, output)),
    BigInt(Math.min(kernelStep, kernel)),
  ]
  const common = gcd(stride, dilation)
  const shared = gcd(common, inputDilation)
  if (outputs === 0n || before % shared !== 0)
    return { outputs, taps, first: 0n, next: 1n, samples: 0n }
  const [i, b] = [BigInt(inputDilation), BigInt(before)]
  const next = BigInt(common / shared)
  const span = (outputs - 1n) * BigInt(stride) + (taps - 1n) * BigInt(dilation)
  // before + m·I must be a multiple of the common divisor of stride and dilation.
  const sampleRemainder = modulo((-b / BigInt(shared)) * inverse(i / BigInt(shared), next), next)
  const lowest = ceiling(-b, i)
  const first = lowest + modulo(sampleRemainder - lowest, next)
  const last = floor(span - b, i)
  return { outputs, taps, first, next, samples: last < first ? 0n : (last - first) / next + 1n }
}

/**
 * Returns all components as runs of siblings that read the same sample first. If there are more
 * such samples than taps, returns them one by one, by their first tap.
 */
function runsOf(axis: AxisGeometry): Run[] {
  const { stride, dilation, inputDilation, before } = axis
  // The usual case: no input dilation, and therefore one component.
  if (inputDilation === 1)
    return axis.output === 0
      ? []
      : [{ output: 0, tap: 0, sample: -before, count: 1, outputNext: 0, kernelNext: 0 }]
  const { outputs, taps, first, next, samples } = candidates(axis)
  const [s, d, i, b] = [BigInt(stride), BigInt(dilation), BigInt(inputDilation), BigInt(before)]
  const runs: Run[] = []
  if (samples <= taps) {
    const common = BigInt(gcd(stride, dilation))
    const [outputNext, tapNext] = [d / common, s / common]
    const inverseStep = inverse(outputNext, tapNext)
    for (let n = 0n; n < samples; n++) {
      const sample = first + n * next
      const position = b + sample * i
      // The taps tapRemainder + n·tapNext solve r·stride + t·dilation = position. Only those with
      // an output in the range count.
      const tapRemainder = modulo((position / common) * inverseStep, tapNext)
      const [minTap, maxTap] = [
        larger(0n, ceiling(position - (outputs - 1n) * s, d)),
        smaller(taps - 1n, floor(position, d)),
      ]
      const last = maxTap - modulo(maxTap - tapRemainder, tapNext)
      if (last < minTap) continue
      const output = Number((position - last * d) / s)
      const [count, tap] = [Number((last - minTap) / tapNext) + 1, Number(last)]
      runs.push({
        ...{ output, tap, sample: Number(sample), count },
        outputNext: Number(outputNext),
        kernelNext: -Number(tapNext),
      })
    }
    return runs
  }
  const common = BigInt(gcd(stride, inputDilation))
  const step = i / common
  const inverseStep = inverse(s / common, step)
  for (let t = 0n; t < taps; t++) {
    const position = b - t * d
    if (position % common !== 0n) continue
    const output = modulo((position / common) * inverseStep, step)
    if (output >= outputs) continue
    const sample = (output * s - position) / i
    runs.push({
      output: Number(output),
      tap: Number(t),
      sample: Number(sample),
      count: 1,
      outputNext: 0,
      kernelNext: 0,
    })
  }
  return runs
}
const modulo = (a: bigint, n: bigint): bigint => ((a % n) + n) % n
const floor = (a: bigint, b: bigint): bigint => (a - modulo(a, b)) / b
const ceiling = (a: bigint, b: bigint): bigint => -floor(-a, b)
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** Returns the x in [0, n) with a·x ≡ 1 modulo n, for coprime a and n. Euclid's algorithm. */
function inverse(a: bigint, n: bigint): bigint {
  let [old, rest, x, y] = [modulo(a, n), n, 1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest, x, y] = [rest, old - quotient * rest, y, x - quotient * y]
  }
  return modulo(x, n)
}
