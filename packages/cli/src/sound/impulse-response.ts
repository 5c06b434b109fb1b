/** The kernel of a sound: which channels of a kernel go from which input to which output? */

import type { ArrayInput } from 'stridefold'
import { usageError } from '../failure.ts'
import type { Io } from '../io.ts'
import { kernelFrom } from '../kernel-argument.ts'
import { inputName, readInput } from '../read-input.ts'
import { isWavName } from './names.ts'
import { readWav } from './wav.ts'

export interface ImpulseResponse {
  readonly name: string
  /** Samples per second; undefined if the kernel is no sound. */
  readonly rate: number | undefined
  readonly channels: readonly ArrayLike<number>[]
}

/** A WAV file, or any other kernel of one axis, or of channels × taps. */
export async function impulseResponse(text: string, io: Io): Promise<ImpulseResponse> {
  if (isWavName(text)) {
    const { rate, channels } = readWav(await readInput(text, io), inputName(text))
    return { name: inputName(text), rate, channels }
  }
  const { shape, weights } = await kernelFrom(text, io)
  if (shape.length > 2) {
    throw usageError(
      `The kernel is ${shape.join('×')}, but a sound needs one of taps, or of channels × taps.`,
    )
  }
  const taps = shape.at(-1)!
  const count = shape.length === 1 ? 1 : shape[0]!
  const channels = Array.from({ length: count }, (_, c) => weights.slice(c * taps, (c + 1) * taps))
  return { name: 'the kernel', rate: undefined, channels }
}

/**
 * The kernel for `inputs` channels.
 *
 *   1 channel                 the same for each channel
 *   as many as the sound      one for each channel
 *   2 for a sound of 1        one for each ear: the result has two channels
 *   4 for a sound of 2        true stereo, in the order left → left, left → right, right → left,
 *                             right → right
 */
export function streamKernel({ name, channels }: ImpulseResponse, inputs: number): ArrayInput {
  const taps = channels[0]!.length
  const ofShape = (order: readonly number[], shape: readonly number[]): ArrayInput => ({
    data: Float32Array.from(order.flatMap((c) => Array.from(channels[c]!))),
    shape: [...shape, taps],
  })
  if (channels.length === 1) return ofShape([0], [])
  if (channels.length === inputs) return ofShape([...channels.keys()], [inputs])
  if (channels.length === 2 && inputs === 1) return ofShape([0, 1], [2, 1])
  if (channels.length === 4 && inputs === 2) return ofShape([0, 2, 1, 3], [2, 2])
  throw usageError(
    `${name} has ${channels.length} channels, but the sound has ${inputs}. A kernel of 1 or ` +
      `${inputs} channels is needed; for stereo also one of 4 (true stereo: left to left, left ` +
      'to right, right to left, right to right), for mono also one of 2.',
  )
}
