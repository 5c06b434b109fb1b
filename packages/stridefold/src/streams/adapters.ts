/** Streams as the streams of the web and of Node. */

import { OptionError } from '../errors.ts'

type Samples = Float32Array | readonly Float32Array[]

/** The part of a stream that is used here. */
interface Convolver {
  readonly inputs: number
  process(samples: readonly Float32Array[]): readonly Float32Array[]
  process(samples: Float32Array): Float32Array
  flush(): Samples
}

/** Node's class `Duplex`. */
export type DuplexClass<Duplex> = abstract new (...given: never) => Duplex

export const transformStreamOf = (stream: Convolver): TransformStream<Samples, Samples> =>
  new TransformStream<Samples, Samples>({
    transform(chunk, controller) {
      controller.enqueue(copyOf(stream.process(chunk as Float32Array)))
    },
    flush(controller) {
      controller.enqueue(copyOf(stream.flush()))
    },
  })

/** What leaves the stream must outlive its next call. */
const copyOf = (results: Samples): Samples =>
  Array.isArray(results)
    ? results.map((result: Float32Array) => result.slice())
    : (results as Float32Array).slice()

/** The most samples of each channel that are taken at once. */
const mostAtOnce = 4096

export function duplexOf<Duplex>(stream: Convolver, Duplex: DuplexClass<Duplex>): Duplex {
  async function* transform(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const frames = new Frames(stream.inputs)
    for await (const chunk of chunks)
      for (const samples of frames.of(chunk)) yield interleaved(stream.process(samples))
    frames.end()
    yield* flushed(stream)
  }
  // Node's class has `from`. Its types are not those of this library.
  const { from } = Duplex as unknown as { from(make: typeof transform): Duplex }
  return from(transform)
}

/** The last results, in pieces. */
function* flushed(stream: Convolver): Generator<Uint8Array> {
  const last = stream.flush()
  const list = Array.isArray(last) ? (last as readonly Float32Array[]) : [last as Float32Array]
  for (let at = 0; at < list[0]!.length; at += mostAtOnce)
    yield interleaved(list.map((channel) => channel.subarray(at, at + mostAtOnce)))
}

/** Takes interleaved samples apart. Keeps the bytes of a frame that is not complete. */
class Frames {
  readonly #channels: number
  readonly #rest: Uint8Array
  #kept = 0

  constructor(channels: number) {
    this.#channels = channels
    this.#rest = new Uint8Array(4 * channels)
  }

  *of(chunk: Uint8Array): Generator<Float32Array[]> {
    const frameBytes = this.#rest.length
    let at = 0
    if (this.#kept > 0) {
      at = Math.min(frameBytes - this.#kept, chunk.length)
      this.#rest.set(chunk.subarray(0, at), this.#kept)
      this.#kept += at
      if (this.#kept < frameBytes) return
      this.#kept = 0
      yield this.#apart(this.#rest)
    }
    while (chunk.length - at >= frameBytes) {
      const frames = Math.min(mostAtOnce, Math.floor((chunk.length - at) / frameBytes))
      yield this.#apart(chunk.subarray(at, at + frames * frameBytes))
      at += frames * frameBytes
    }
    this.#rest.set(chunk.subarray(at))
    this.#kept = chunk.length - at
  }

  end(): void {
    if (this.#kept === 0) return
    throw new OptionError(
      'SAMPLES_INVALID',
      `the bytes end ${this.#kept} bytes after the last frame of ${this.#channels} float32 ` +
        'samples. Samples of another type must be converted to float32 first.',
    )
  }

  #apart(bytes: Uint8Array): Float32Array[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const frames = bytes.byteLength / (4 * this.#channels)
    return Array.from({ length: this.#channels }, (_, c) =>
      Float32Array.from({ length: frames }, (_, k) =>
        view.getFloat32(4 * (k * this.#channels + c), true),
      ),
    )
  }
}

function interleaved(channels: readonly Float32Array[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * channels.length * channels[0]!.length))
  channels.forEach((channel, c) => {
    for (let k = 0; k < channel.length; k++)
      view.setFloat32(4 * (k * channels.length + c), channel[k]!, true)
  })
  return new Uint8Array(view.buffer)
}
