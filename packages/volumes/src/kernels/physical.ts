/**
 * Lengths in physical units: `sigma=2um` of a volume whose slices are 1.5 µm apart and whose pixels
 * are 0.5 µm wide is `sigma=1.333x4x4` samples.
 */

import type { Axis } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'

/** Metres, by the names of OME-Zarr, and as people write them. */
const metres: Readonly<Record<string, number>> = {
  angstrom: 1e-10,
  nanometer: 1e-9,
  nm: 1e-9,
  micrometer: 1e-6,
  micron: 1e-6,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  millimeter: 1e-3,
  mm: 1e-3,
  centimeter: 1e-2,
  cm: 1e-2,
  meter: 1,
  m: 1,
  kilometer: 1e3,
  km: 1e3,
}

/** Parameters of kernels that are lengths and need not be whole numbers. */
const lengths: readonly string[] = ['sigma']

export interface ParameterWord {
  readonly parameter: string
  /** `sigma=1.5x2`, in samples. */
  readonly word: string
  /** Whether it has one number per axis. */
  readonly isList: boolean
}

/** A word such as `sigma=2um` in samples. Words without a unit stay as they are. */
export function inSamples(word: string, kernel: string, axes: readonly Axis[]): ParameterWord {
  const [parameter = '', value = ''] = word.split('=').map((part) => part.trim())
  const parts = value.split(/[x×](?=\s*[\d.])/).map((part) => part.trim())
  const last = unitOf(parts.at(-1)!)
  const isList = parts.length > 1
  if (!parts.some((part) => unitOf(part) !== '')) return { parameter, word, isList }
  if (!lengths.includes(parameter))
    throw refusal(
      kernel,
      `'${parameter}' counts samples, so it takes no unit. Only ${lengths.join(', ')} is a length.`,
    )
  if (isList && parts.length !== axes.length)
    throw refusal(
      kernel,
      `'${parameter}' has ${parts.length} numbers, but the array has ${axes.length} axes to ` +
        `filter: ${axes.map(({ name }) => name).join(', ')}. Give one number, or one per axis.`,
    )
  const samples = axes.map((axis, a) => {
    const part = parts[isList ? a : 0]!
    return samplesOf(Number.parseFloat(part), unitOf(part) || last, axis, kernel)
  })
  return { parameter, word: `${parameter}=${samples.join('x')}`, isList: true }
}

/** What follows the number, such as `um`. */
const unitOf = (part: string): string =>
  /^[\d.]+(?:e[-+]?\d+)?\s*([a-zµμ]*)$/i.exec(part)?.[1] ?? ''

function samplesOf(length: number, unit: string, axis: Axis, kernel: string): number {
  const given = metres[unit] ?? metres[unit.toLowerCase()]
  if (given === undefined)
    throw refusal(
      kernel,
      unit === ''
        ? 'numbers with and without a unit are mixed. Give each a unit, or the last one for all.'
        : `'${unit}' is not a unit that is known. Known are ${Object.keys(metres).join(', ')}.`,
    )
  const ofAxis = axis.unit === undefined ? undefined : metres[axis.unit.toLowerCase()]
  if (axis.scale === undefined || !(axis.scale > 0) || ofAxis === undefined)
    throw refusal(
      kernel,
      `the metadata has no distance between samples along axis ${axis.name}` +
        `${axis.unit === undefined ? '' : ` in a unit that is known (it says ${axis.unit})`}. ` +
        'Give sigma in samples, without a unit.',
    )
  return (length * given) / (axis.scale * ofAxis)
}

const refusal = (kernel: string, reason: string): VolumeError =>
  new VolumeError('request', `kernel ${kernel}: ${reason}`)
