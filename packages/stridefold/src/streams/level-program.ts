/**
 * The work of one level of a partitioned convolution, as a program: blocks of N samples, and P
 * partitions of N taps.
 *
 *   X  = F[(before + i·now)·ωⁿ]          ω = e^(iπ/2N); before, now: N samples each
 *   Y  = Σ_i Σ_p X_i(p blocks ago) · K(i, p)
 *   y  = Im(F⁻¹[Y]·ω⁻ⁿ)                  N results, aligned with `now`
 *
 * Weighted by ωⁿ, a transform of N complex points convolves 2N real samples, negacyclically: its
 * ring is R[t]/(t²ᴺ + 1), where tᴺ = i. So no spectrum has to be taken apart, and its points may be
 * in any order. The first N results wrap around and are not used (overlap-save).
 *
 * Spectra lie in chunks of 16 points, so that a sum over partitions reads memory in order:
 *
 *   ring     [chunk][slot of 2P][i][re, im][16]        kernel   [chunk][p][i][−im, re, im][16]
 *
 * The newest spectrum is written to slot s and to slot s + P, and s goes down: slots s … s + P − 1
 * are always the last P spectra, newest first.
 *
 * Source: W. G. Gardner, Efficient convolution without input-output delay, 1995; the weights:
 * J. O. Smith, R. Fateman's "right-angle convolution", after H. J. Nussbaumer, 1982.
 */

import { turn } from '../ndarray/elementary.ts'
import { at, type BufferView, loop, plus, rowMajorView, times } from '../program/elements.ts'
import type { Buffer, Program, Stage } from '../program/program.ts'
import { contract, fourier, move, type Written } from '../program/write-steps.ts'

/** Points of a chunk: a cache line of float32. */
export const chunkPoints = 16

/** Real and imaginary part of a chunk of a spectrum. */
const spectrumChunk = 2 * chunkPoints

/** The parts −im, re, im of a chunk of the kernel's spectrum. */
const kernelChunk = 3 * chunkPoints

export interface LevelForm {
  /** Samples of a block, and taps of a partition. A power of two, at least 16. */
  readonly size: number
  readonly partitions: number
  /** The inputs that are summed for each output. */
  readonly inputs: number
}

/** The floats of each buffer. */
interface LevelLengths {
  readonly samples: number
  readonly points: number
  readonly ring: number
  readonly kernel: number
}

export const levelLengths = ({ size, partitions, inputs }: LevelForm): LevelLengths => ({
  samples: 2 * size,
  points: 2 * size,
  ring: 2 * partitions * inputs * 2 * size,
  kernel: partitions * inputs * 3 * size,
})

/** The floats from one input to the next in a slot of the ring, or in a partition of the kernel. */
export const inputLengths: { readonly ring: number; readonly kernel: number } = {
  ring: spectrumChunk,
  kernel: kernelChunk,
}

/** The buffers that have an address of their own in every run. */
export const levelBuffers: readonly string[] = [
  ...['samples', 'points', 'slot', 'window', 'kernel', 'results', 'taps', 'part'],
]

export function levelProgram(form: LevelForm): Program {
  const { size, partitions, inputs } = form
  const lengths = levelLengths(form)
  const slots = 2 * partitions * inputs
  const chunks = loop('chunk', size / chunkPoints)
  const [n, lane] = [loop('n', size), loop('lane', chunkPoints)]
  const [p, q] = [loop('part', 2), loop('of', 2)]
  const scratch = (name: string, length: number): Buffer => ({
    ...{ name, role: 'scratch', dtype: 'float32', length },
  })
  const constants: Buffer[] = []
  const constant = (name: string, shape: readonly number[], values: number[]): BufferView => {
    constants.push({ name, role: 'constant', dtype: 'float32', length: values.length, values })
    return rowMajorView(name, shape)
  }
  const angles = Array.from({ length: size }, (_, j) => turn(j, 4 * size))
  const cosines = angles.map(({ cosine }) => cosine)
  const sines = angles.map(({ sine }) => sine)
  const minusSines = sines.map((sine) => -sine)
  const weights = constant('weights', [3, size], [...minusSines, ...cosines, ...sines])
  const factors = constant('factors', [3], [-1 / size, 1 / size, 1 / size])
  const [samples, points] = [rowMajorView('samples', [2, size]), rowMajorView('points', [2, size])]
  const point = plus(times(chunkPoints, chunks), lane)
  const transform = (direction: 'forward' | 'inverse'): Written =>
    fourier({ over: [], points: n }, { re: at(points, 0, n), im: at(points, 1, n), direction })
  const slotView = (name: string): BufferView => ({
    ...{ buffer: name, offset: 0, strides: [slots * spectrumChunk, 0, chunkPoints, 1] },
  })
  const [copies, terms] = [loop('copy', 2), loop('term', partitions * inputs)]
  const slot = { ...slotView('slot') }
  const partition: BufferView = {
    ...{ buffer: 'part', offset: 0 },
    strides: [partitions * inputs * kernelChunk, chunkPoints, 1],
  }
  const stage = (name: string, steps: readonly Written[], grid: Stage['grid'] = []): Stage => ({
    ...{ name, prepare: false, grid, steps: steps.map((step) => step(grid)) },
  })
  return {
    dtype: 'float32',
    stages: [
      stage('load', [
        contract(
          { over: [p, n], sum: [q] },
          {
            to: at(points, p, n),
            a: at(samples, q, n),
            b: at(weights, plus(1, p, times(-1, q)), n),
          },
        ),
        move({ over: [n] }, { to: at(samples, 0, n), from: at(samples, 1, n) }),
      ]),
      stage('forward', [
        transform('forward'),
        move(
          { over: [copies, chunks, p, lane] },
          {
            to: at(
              { ...slot, strides: [partitions * inputs * spectrumChunk, ...slot.strides] },
              ...[copies, chunks, 0, p, lane],
            ),
            from: at(points, p, point),
          },
        ),
      ]),
      stage('load kernel', [
        contract(
          { over: [p, n] },
          {
            to: at(points, p, n),
            a: at(rowMajorView('taps', [size]), n),
            b: at(weights, plus(1, p), n),
          },
        ),
      ]),
      stage('transform kernel', [
        transform('forward'),
        ...[1, 0, 1].map((from, part) =>
          contract(
            { over: [chunks, lane] },
            {
              to: at(partition, chunks, part, lane),
              a: at(points, from, point),
              b: at(factors, part),
            },
          ),
        ),
      ]),
      stage(
        'product',
        [
          contract(
            { over: [p, lane], sum: [terms, q] },
            {
              to: at(points, p, point),
              a: at(
                {
                  ...{ buffer: 'window', offset: 0 },
                  strides: [slots * spectrumChunk, spectrumChunk, chunkPoints, 1],
                },
                ...[chunks, terms, q, lane],
              ),
              b: at(
                rowMajorView('kernel', [size / chunkPoints, terms.extent, 3, chunkPoints]),
                ...[chunks, terms, plus(1, p, times(-1, q)), lane],
              ),
            },
          ),
        ],
        [chunks],
      ),
      stage('inverse', [
        transform('inverse'),
        contract(
          { over: [n], sum: [q] },
          {
            to: at(rowMajorView('results', [size]), n),
            a: at(points, q, n),
            b: at(weights, q, n),
          },
        ),
      ]),
    ],
    buffers: [
      scratch('samples', lengths.samples),
      scratch('points', lengths.points),
      scratch('slot', lengths.ring),
      scratch('window', lengths.ring),
      scratch('taps', size),
      scratch('part', lengths.kernel),
      scratch('kernel', lengths.kernel),
      scratch('results', size),
      ...constants,
    ],
  }
}
