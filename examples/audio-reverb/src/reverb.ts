/**
 * The reverb as a part of an audio graph, live or offline:
 *
 *   input ─┬─► convolver ─► wet ─┬─► output
 *          └─────────────► dry ──┘
 *
 * The convolver has no latency, so both ways need no delay to fit together.
 */

import type { ConvolverError, ConvolverMessage, ConvolverOptions } from 'stridefold/audio-worklet'
import moduleAddress from 'stridefold/audio-worklet?url'
import type { Room } from './rooms.ts'

export class Reverb {
  readonly input: AudioNode
  readonly output: AudioNode
  readonly #context: BaseAudioContext
  readonly #convolver: AudioWorkletNode
  readonly #wet: GainNode
  readonly #dry: GainNode

  /** Loads the processor into the context, and connects the parts. */
  static async open(
    context: BaseAudioContext,
    room: Room,
    mix: number,
    onError: (message: string) => void,
  ): Promise<Reverb> {
    await context.audioWorklet.addModule(moduleAddress)
    return new Reverb(context, room, mix, onError)
  }

  private constructor(
    context: BaseAudioContext,
    room: Room,
    mix: number,
    onError: (message: string) => void,
  ) {
    this.#context = context
    this.#convolver = new AudioWorkletNode(context, 'stridefold-convolver', {
      // Mono sounds go to both channels of the room.
      channelCount: 2,
      channelCountMode: 'explicit',
      outputChannelCount: [2],
      processorOptions: { kernel: kernelOf(room) } satisfies ConvolverOptions,
    })
    this.#convolver.addEventListener('processorerror', () => onError('The reverb has ended.'))
    this.#convolver.port.onmessage = ({ data }: MessageEvent<ConvolverError>) =>
      onError(data.message)
    this.#wet = new GainNode(context, { gain: mix })
    this.#dry = new GainNode(context, { gain: 1 - mix })
    this.input = new GainNode(context)
    this.output = new GainNode(context)
    this.input.connect(this.#convolver).connect(this.#wet).connect(this.output)
    this.input.connect(this.#dry).connect(this.output)
  }

  /** The new room takes over without a click. */
  setRoom(room: Room): void {
    this.#send({ kernel: kernelOf(room), crossfade: 4096 })
  }

  setMix(mix: number): void {
    const { currentTime } = this.#context
    this.#wet.gain.setTargetAtTime(mix, currentTime, 0.02)
    this.#dry.gain.setTargetAtTime(1 - mix, currentTime, 0.02)
  }

  /** Frees the memory of the room: 40 bytes for each of its samples. */
  close(): void {
    this.#send({ dispose: true })
    for (const node of [this.input, this.#convolver, this.#wet, this.#dry]) node.disconnect()
  }

  #send(message: ConvolverMessage): void {
    this.#convolver.port.postMessage(message)
  }
}

/** One array of channels × taps. */
function kernelOf([left, right]: Room): ConvolverOptions['kernel'] {
  const data = new Float32Array(2 * left.length)
  data.set(left)
  data.set(right, left.length)
  return { data, shape: [2, left.length] }
}
