/**
 * `filter IN -k KERNEL -o OUT` for sound: a WAV file, or raw samples through pipes. The kernel is
 * an impulse response, so this is always a convolution, and the result has the whole tail.
 */

import { createReadStream } from 'node:fs'
import { type ConvolutionStream, createStream } from 'stridefold/sync'
import { codeOf, usageError } from '../failure.ts'
import type { FilterFlags } from '../filter-flags.ts'
import { absolutePath, type Io, printJson, tell, write } from '../io.ts'
import { inputName, inputPath, readFailure, readInput } from '../read-input.ts'
import { countOf } from '../units.ts'
import { checkOutput, outputPath, writeOutput } from '../write-output.ts'
import { Quantiser, type SampleFormat } from './formats.ts'
import { type ImpulseResponse, impulseResponse, streamKernel } from './impulse-response.ts'
import { isWavName } from './names.ts'
import { framesOf, type RawLayout, rawBytes, rawLayout } from './raw.ts'
import { readWav, wavBytes } from './wav.ts'

/** Flags that have a meaning for sound. */
const known = ['kernel', 'out', 'raw', 'force', 'json', 'flip', 'mode', 'boundary', 'channels']

export async function filterSound(
  words: readonly string[],
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  checkFlags(flags)
  if (words.length > 1)
    throw usageError(`${words.length} inputs were given, but one sound is filtered at a time.`)
  const [kernel, ...others] = flags.kernel
  if (kernel === undefined || others.length > 0)
    throw usageError(`A sound needs one kernel, but -k was given ${flags.kernel.length} times.`)
  const [input, out] = [inputPath(words[0]!), outputPath(flags.out)]
  const { force = false, json = false } = flags
  if (out === '-' && json)
    throw usageError("'-o -' and --json both write to stdout. Write the result to a file.")
  const isRaw = flags.raw !== undefined
  if (isRaw && out !== '-') {
    throw usageError(
      `-o is ${out}, but the results of --raw go to stdout while they are computed. Give -o - ` +
        'and redirect it into a file or a pipe.',
    )
  }
  if (!isRaw && out !== '-' && !isWavName(out))
    throw usageError(`${out}: the result of a WAV file is one, too. End its name with .wav.`)
  checkOutput(out, force, io)
  const response = await impulseResponse(kernel, io)
  const outcome = isRaw
    ? await filterRaw(input, rawLayout(flags.raw!), response, io)
    : await filterWav(input, out, response, force, io)
  if (outcome.clipped > 0) {
    await tell(
      io,
      `${countOf(outcome.clipped, 'sample')} did not fit into ${outcome.format.raw} and were ` +
        'clipped. Scale the kernel, or use a format of floats.',
    )
  }
  if (!json) return
  const { format, ...properties } = outcome
  const names = { input: inputName(input), output: out, format: format.raw }
  await printJson(io, 'filter', { ...names, ...properties, taps: response.channels[0]!.length })
}

interface Outcome {
  readonly format: SampleFormat
  readonly rate: number | undefined
  readonly channels: number
  /** Samples of each channel of the result. */
  readonly samples: number
  readonly clipped: number
}

function checkFlags(flags: FilterFlags): void {
  const meaningless = Object.keys(flags).find((name) => !known.includes(name))
  const flag = (name: string): string =>
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  if (meaningless !== undefined)
    throw usageError(`${flag(meaningless)} has no meaning for sound, which is convolved whole.`)
  const { mode = 'full', boundary = 'zero', channels = 'each' } = flags
  if (mode !== 'full')
    throw usageError(`--mode is ${mode}, but a sound is convolved with mode full: it rings out.`)
  if (boundary !== 'zero')
    throw usageError('--boundary: around a sound there is silence, so it must be zero.')
  if (channels !== 'each')
    throw usageError('--channels sum: the channels of a sound are not added. Mix them first.')
}

function checkRate({ name, rate }: ImpulseResponse, ofSound: number | undefined): void {
  if (rate === undefined || ofSound === undefined || rate === ofSound) return
  throw usageError(
    `${name} has ${rate} samples per second, but the sound has ${ofSound}. Resample one of them ` +
      `first, for example with: ffmpeg -i in.wav -ar ${ofSound} out.wav`,
  )
}

async function filterWav(
  input: string,
  out: string,
  response: ImpulseResponse,
  force: boolean,
  io: Io,
): Promise<Outcome> {
  const sound = readWav(await readInput(input, io), inputName(input))
  const { rate, format, channels } = sound
  checkRate(response, rate)
  const stream = streamOf(response, channels.length)
  const head = stream.process(channels).map((result) => result.slice())
  const tail = stream.flush() as readonly Float32Array[]
  const results = head.map((result, c) => joined(result, tail[c]!))
  stream.dispose()
  const { bytes, clipped } = wavBytes({ rate, format, channels: results })
  await writeOutput(out, bytes, force, io)
  return { format, rate, channels: results.length, samples: results[0]!.length, clipped }
}

/** Convolves piece by piece: memory does not grow with the length of the sound. */
async function filterRaw(
  input: string,
  layout: RawLayout,
  response: ImpulseResponse,
  io: Io,
): Promise<Outcome> {
  const { format, channels, rate } = layout
  checkRate(response, rate)
  const stream = streamOf(response, channels)
  const quantiser = new Quantiser(format)
  let samples = 0
  const send = async (results: readonly Float32Array[]): Promise<void> => {
    samples += results[0]!.length
    await write(io.stdout, rawBytes(results, format, quantiser))
  }
  const name = inputName(input)
  try {
    for await (const piece of framesOf(inputStream(input, io), layout, name))
      await send(stream.process(piece))
  } catch (error) {
    throw codeOf(error) === '' ? error : readFailure(name, error)
  }
  await send(stream.flush() as readonly Float32Array[])
  const { outputs, clipped } = { outputs: stream.outputs, clipped: quantiser.clipped }
  stream.dispose()
  return { format, rate, channels: outputs, samples, clipped }
}

const streamOf = (response: ImpulseResponse, channels: number): ConvolutionStream =>
  createStream(streamKernel(response, channels), { channels })

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function inputStream(input: string, io: Io): AsyncIterable<Uint8Array> {
  if (input !== '-') return createReadStream(absolutePath(input, io))
  if (io.stdin.isTTY)
    throw usageError("'-' reads stdin, which is the terminal. Pipe sound into the command.")
  return io.stdin
}
