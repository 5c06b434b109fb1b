/**
 * A convolution over a dilated input, taken apart into convolutions over the input as it is.
 *
 * Between two samples of an input with inputDilation I lie I − 1 zeros. Which taps of an output meet real samples depends only on the output's
 * number modulo Q = I / gcd(stride, I): those outputs form a phase, in which every Q-th output uses every T-th tap (T = I / gcd(dilation, I)).
 * Inside a phase nothing is dilated any more and no inserted zero is multiplied. A dense input is one phase with Q = T = 1.
 */

import type { AxisGeometry, ConvGeometry } from '../geometry/geometry.ts'

/** One axis of one phase: output q reads sample q·stride + u·dilation − before for its taps u. */
export interface PhaseAxis {
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
}

export type Phase = readonly PhaseAxis[]

/** Every phase that has outputs; the outputs of all of them together are those of the geometry, each once. */
export function phases(g: ConvGeometry): Phase[] {
  return g.axes.reduce<Phase[]>((sofar, axis) => sofar.flatMap((phase) => axisPhases(axis).map((next) => [...phase, next])), [[]])
}

function axisPhases(axis: AxisGeometry): PhaseAxis[] {
  const { input, kernel, stride, dilation, inputDilation, before, output } = axis
  const outputStep = inputDilation / gcd(stride, inputDilation)
  const kernelStep = inputDilation / gcd(dilation, inputDilation)
  const found: PhaseAxis[] = []
  for (let outputStart = 0; outputStart < Math.min(outputStep, output); outputStart++) {
    const kernelStart = firstTap(outputStart * stride - before, dilation, inputDilation, Math.min(kernelStep, kernel))
    const none = kernelStart === undefined
    found.push({
      input,
      taps: none ? 0 : Math.ceil((kernel - kernelStart) / kernelStep),
      stride: (outputStep * stride) / inputDilation,
      dilation: (kernelStep * dilation) / inputDilation,
      before: none ? 0 : -(outputStart * stride + kernelStart * dilation - before) / inputDilation,
      outputs: Math.ceil((output - outputStart) / outputStep),
      outputStart,
      outputStep,
      kernelStart: kernelStart ?? 0,
      kernelStep,
    })
  }
  return found
}

/** The first tap t < most with (start + t·dilation) a multiple of `inputDilation`. */
function firstTap(start: number, dilation: number, inputDilation: number, most: number): number | undefined {
  for (let t = 0; t < most; t++) if ((start + t * dilation) % inputDilation === 0) return t
  return undefined
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
