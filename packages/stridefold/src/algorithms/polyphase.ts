/**
 * A convolution over a dilated input, taken apart into convolutions over the input as it is: its
 * polyphase components.
 *
 *   output r + q·Q of tap t + u·T:   r·stride + t·dilation = before + m·I   reads first sample m
 *
 * Between two samples of an input with inputDilation I lie I − 1 zeros. Which taps of an output
 * meet samples depends only on the output's number r modulo Q = I / gcd(stride, I): those outputs
 * form a component, in which every Q-th output uses every T-th tap (T = I / gcd(dilation, I)).
 * Inside it nothing is dilated any more and no inserted zero is multiplied. A dense input is one
 * component.
 *
 * Components whose first tap meets the same sample m differ only in where they begin, so a phase is
 * a loop over them: however large the stride of a transposed layer, there are a few phases (for
 * stride and dilation 1 at most four along an axis). Outputs that no tap connects with a sample are
 * in none.
 */

import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'

/** One axis of one phase: output q reads sample q·stride + u·dilation − before for its taps u. */
export interface ComponentAxis {
  readonly input: number
  readonly taps: number
  readonly stride: number
  readonly dilation: number
  readonly before: number
  readonly outputs: number
  /** Output q of the phase is output outputStart + q·outputStep of the whole. */
  readonly outputStart: number
  readonly outputStep: number
  /** Tap u of the phase is tap kernelStart + u·kernelStep of the kernel. */
  readonly kernelStart: number
  readonly kernelStep: number
  /**
   * So many components read the same samples: the next begins outputNext and kernelNext further on.
   */
  readonly components: number
  readonly outputNext: number
  readonly kernelNext: number
}

export type PolyphaseComponent = readonly ComponentAxis[]

/** More phases than this would make a program that takes seconds to compile. */
const mostPhases = 1024

/** Every output that reads something is in one of these, once. Ask `refusePhases` first. */
export function polyphaseComponents(g: ConvGeometry): readonly PolyphaseComponent[] {
  const found = known.get(g)
  if (found !== undefined) return found
  const made = g.axes.reduce<PolyphaseComponent[]>(
    (sofar, axis) => sofar.flatMap((phase) => axisPhases(axis).map((next) => [...phase, next])),
    [[]],
  )
  known.set(g, made)
  return made
}

const known = new WeakMap<ConvGeometry, readonly PolyphaseComponent[]>()

/**
 * Why this geometry falls into too many different components, in words; undefined where it does
 * not.
 */
export function refusePhases(g: ConvGeometry): string | undefined {
  const counts = g.axes.map((axis) =>
    runCount(axis) > mostPhases ? runCount(axis) : axisPhases(axis).length,
  )
  const all = counts.reduce((n, count) => n * count, 1)
  if (all <= mostPhases) return undefined
  return (
    `its input dilation falls into ${all} different polyphase components, and a program of ` +
    `ours has at most ${mostPhases}`
  )
}

/** The same with one component in each phase. */
export const singlePhases = (g: ConvGeometry): PolyphaseComponent[] =>
  polyphaseComponents(g).flatMap(singles)

/** Components of all phases. */
export const componentCount = (g: ConvGeometry): number =>
  polyphaseComponents(g).reduce(
    (sum, phase) => sum + phase.reduce((n, axis) => n * axis.components, 1),
    0,
  )

function singles(phase: PolyphaseComponent): PolyphaseComponent[] {
  return phase.reduce<PolyphaseComponent[]>(
    (sofar, axis) => sofar.flatMap((chosen) => singleAxes(axis).map((next) => [...chosen, next])),
    [[]],
  )
}

function singleAxes(axis: ComponentAxis): ComponentAxis[] {
  const { outputStart, outputNext, kernelStart, kernelNext } = axis
  return Array.from({ length: axis.components }, (_, j) => ({
    ...axis,
    ...{ outputStart: outputStart + j * outputNext, kernelStart: kernelStart + j * kernelNext },
    ...{ components: 1, outputNext: 0, kernelNext: 0 },
  }))
}

/** Whether there are outputs that no tap connects with a sample: their sum has no terms. */
export function hasUnread(g: ConvGeometry): boolean {
  const read = (axis: AxisGeometry): number =>
    axisPhases(axis).reduce((sum, { components, outputs }) => sum + components * outputs, 0)
  return g.axes.some((axis) => read(axis) < axis.output)
}

const knownAxes = new WeakMap<AxisGeometry, readonly ComponentAxis[]>()

function axisPhases(axis: AxisGeometry): readonly ComponentAxis[] {
  const found = knownAxes.get(axis)
  if (found !== undefined) return found
  const made = runsOf(axis).flatMap((run) => alike(axis, run))
  knownAxes.set(axis, made)
  return made
}

/**
 * Components in a row: the first output and tap of each, and the sample that all of them read
 * first.
 */
interface Run {
  readonly output: number
  readonly tap: number
  readonly sample: number
  readonly count: number
  readonly outputNext: number
  readonly kernelNext: number
}

/** Where outputs of one component lie, and where its taps: every Q-th and every T-th. */
const stepsOf = ({
  stride,
  dilation,
  inputDilation,
}: AxisGeometry): readonly [outputs: number, taps: number] => [
  inputDilation / gcd(stride, inputDilation),
  inputDilation / gcd(dilation, inputDilation),
]

/** A run in pieces whose components have as many taps and as many outputs as one another. */
function alike(axis: AxisGeometry, run: Run): ComponentAxis[] {
  const { input, kernel, stride, dilation, inputDilation, output } = axis
  const [outputStep, kernelStep] = stepsOf(axis)
  const found: ComponentAxis[] = []
  for (let at = 0; at < run.count; ) {
    const outputStart = run.output + at * run.outputNext
    const kernelStart = run.tap + at * run.kernelNext
    // Outputs grow and taps shrink along a run: after how many is there one output less, one tap
    // more?
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
    const components = Math.min(run.count - at, toOutput, toTap)
    found.push({
      input,
      taps: Math.floor((kernel - 1 - kernelStart) / kernelStep) + 1,
      stride: (outputStep * stride) / inputDilation,
      dilation: (kernelStep * dilation) / inputDilation,
      before: 0 - run.sample,
      outputs: Math.floor((output - 1 - outputStart) / outputStep) + 1,
      ...{ outputStart, outputStep, kernelStart, kernelStep, components },
      outputNext: components > 1 ? run.outputNext : 0,
      kernelNext: components > 1 ? run.kernelNext : 0,
    })
    at += components
  }
  return found
}

/** No more runs than `runsOf` gives; found without a look at any of them. */
function runCount(axis: AxisGeometry): number {
  const { samples, taps } = candidates(axis)
  return Number(samples < taps ? samples : taps)
}

/**
 * What can be the first of a component: its output r < outputs, its tap t < taps, and the sample
 * m = first, first + next, …, `samples` of them, for which r·stride + t·dilation = before + m·I has
 * whole solutions.
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
  const reach = (outputs - 1n) * BigInt(stride) + (taps - 1n) * BigInt(dilation)
  // before + m·I must be a multiple of what stride and dilation have in common.
  const rest = modulo((-b / BigInt(shared)) * inverse(i / BigInt(shared), next), next)
  const lowest = ceiling(-b, i)
  const first = lowest + modulo(rest - lowest, next)
  const last = floor(reach - b, i)
  return { outputs, taps, first, next, samples: last < first ? 0n : (last - first) / next + 1n }
}

/**
 * All components, in runs: by the sample that they read first, or, where those are more, one by one
 * by their first tap.
 */
function runsOf(axis: AxisGeometry): Run[] {
  const { stride, dilation, inputDilation, before } = axis
  // What there is most: nothing inserted, and so one component.
  if (inputDilation === 1)
    return axis.output === 0
      ? []
      : [{ output: 0, tap: 0, sample: -before, count: 1, outputNext: 0, kernelNext: 0 }]
  const { outputs, taps, first, next, samples } = candidates(axis)
  const [s, d, i, b] = [BigInt(stride), BigInt(dilation), BigInt(inputDilation), BigInt(before)]
  const found: Run[] = []
  if (samples <= taps) {
    const common = BigInt(gcd(stride, dilation))
    const [outputNext, tapNext] = [d / common, s / common]
    const turned = inverse(outputNext, tapNext)
    for (let n = 0n; n < samples; n++) {
      const sample = first + n * next
      const position = b + sample * i
      // r·stride + t·dilation = position: taps t = rest, rest + tapNext, … of which those with
      // outputs inside count.
      const rest = modulo((position / common) * turned, tapNext)
      const [least, most] = [
        larger(0n, ceiling(position - (outputs - 1n) * s, d)),
        smaller(taps - 1n, floor(position, d)),
      ]
      const last = most - modulo(most - rest, tapNext)
      if (last < least) continue
      const output = Number((position - last * d) / s)
      const [count, tap] = [Number((last - least) / tapNext) + 1, Number(last)]
      found.push({
        ...{ output, tap, sample: Number(sample), count },
        outputNext: Number(outputNext),
        kernelNext: -Number(tapNext),
      })
    }
    return found
  }
  const common = BigInt(gcd(stride, inputDilation))
  const step = i / common
  const turned = inverse(s / common, step)
  for (let t = 0n; t < taps; t++) {
    const position = b - t * d
    if (position % common !== 0n) continue
    const output = modulo((position / common) * turned, step)
    if (output >= outputs) continue
    const sample = (output * s - position) / i
    found.push({
      output: Number(output),
      tap: Number(t),
      sample: Number(sample),
      count: 1,
      outputNext: 0,
      kernelNext: 0,
    })
  }
  return found
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
const modulo = (a: bigint, n: bigint): bigint => ((a % n) + n) % n
const floor = (a: bigint, b: bigint): bigint => (a - modulo(a, b)) / b
const ceiling = (a: bigint, b: bigint): bigint => -floor(-a, b)
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/**
 * The x in [0, n) with a·x ≡ 1 modulo n, where a and n have no divisor in common. Euclid's
 * algorithm.
 */
function inverse(a: bigint, n: bigint): bigint {
  let [old, rest, x, y] = [modulo(a, n), n, 1n, 0n]
  while (rest !== 0n) {
    const quotient = old / rest
    ;[old, rest, x, y] = [rest, old - quotient * rest, y, x - quotient * y]
  }
  return modulo(x, n)
}
