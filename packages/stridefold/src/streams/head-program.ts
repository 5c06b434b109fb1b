/**
 * The direct sum over the newest samples, as a program: a window of 32 results at a time.
 *
 *   y[o, j] = Σ_i Σ_t x[i, j − t] · k[o, i, t]      t < taps
 *
 * A window is always computed whole, and always at a multiple of 32 samples. So a result has the
 * same bits however a signal is cut; results whose samples have not come yet are computed again.
 */

import { at, loop, plus, rowMajorView, times } from '../program/elements.ts'
import type { Program } from '../program/program.ts'
import { contract } from '../program/write-steps.ts'

/** Results that are computed together. */
export const windowLength = 32

export interface HeadForm {
  readonly inputs: number
  readonly outputs: number
  readonly taps: number
  /** Floats from one input to the next, and from one output to the next. */
  readonly inputStride: number
  readonly outputStride: number
}

/** `'recent'` begins taps − 1 samples before the window. */
export const headBuffers: readonly string[] = ['recent', 'kernel', 'window']

export function headProgram({ inputs, outputs, taps, ...strides }: HeadForm): Program {
  const [o, j] = [loop('o', outputs), loop('j', windowLength)]
  const [i, t] = [loop('i', inputs), loop('t', taps)]
  const { inputStride, outputStride } = strides
  const recent = { buffer: 'recent', offset: taps - 1, strides: [inputStride, 1] }
  const window = { buffer: 'window', offset: 0, strides: [outputStride, 1] }
  const step = contract(
    { over: [o, j], sum: [i, t] },
    {
      to: at(window, o, j),
      a: at(recent, i, plus(j, times(-1, t))),
      b: at(rowMajorView('kernel', [outputs, inputs, taps]), o, i, t),
    },
  )
  const floats = (name: string, length: number) =>
    ({ name, role: 'scratch', dtype: 'float32', length }) as const
  return {
    dtype: 'float32',
    stages: [{ name: 'sum', prepare: false, grid: [], steps: [step([])] }],
    buffers: [
      floats('recent', (inputs - 1) * inputStride + taps - 1 + windowLength),
      floats('kernel', outputs * inputs * taps),
      floats('window', (outputs - 1) * outputStride + windowLength),
    ],
  }
}
