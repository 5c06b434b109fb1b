/**
 * A finding as a program: the code of `stridefold translate` for its geometry, with lines before it
 * that bring x and k into the axes which the library expects, and lines after it that do to y what
 * was found.
 */

import { systems } from '@stridefold/cli/translate'
import { type ConvGeometry, formatCase, OptionError, parseCase } from 'stridefold/sync'
import { messageOf } from '../model/message-of.ts'
import type { Ending, Rounding } from './endings.ts'
import type { Finding } from './finding.ts'
import type { Reading } from './readings.ts'
import { geometryOf } from './structures.ts'

/** The systems whose arrays have the methods that the added lines use. */
export const programSystems = ['numpy', 'scipy', 'pytorch', 'opencv', 'stridefold'] as const
export type ProgramSystem = (typeof programSystems)[number]

export const titleOf = (name: ProgramSystem): string =>
  systems.find((system) => system.name === name)!.title

/** A program, or the reason why there is none: in the translator's words, or a kind of ours. */
export type ProgramResult =
  | { readonly text: string }
  | { readonly reason: string }
  | { readonly none: 'trap' | 'lines' }

export function programOf(finding: Finding, name: ProgramSystem): ProgramResult {
  if (finding.trap) return { none: 'trap' }
  const system = systems.find((candidate) => candidate.name === name)!
  try {
    const geometry = singleGeometry(finding)
    const { code, x, k, y } = system.translate(geometry)
    const write = name === 'pytorch' ? torch : numpy
    const { arrangement, ending } = finding
    const before = [
      ...linesFor('x', arrangement.x, x.axes, write),
      ...kernelLines(finding, k.axes, write),
    ]
    const after = [
      ...endingLines(ending, y.axes, write),
      ...(name === 'stridefold' ? [] : backLines(arrangement.y, y.axes, write)),
    ]
    if (name === 'stridefold' && before.length + after.length > 0) return { none: 'lines' }
    return { text: assembled(code, before, after, name) }
  } catch (error) {
    if (error instanceof OptionError) return { reason: messageOf(error) }
    throw error
  }
}

/** The usual type: code for float64 has more words. */
function singleGeometry(finding: Finding): ConvGeometry {
  const g = geometryOf(finding, finding.windows.axes)
  return parseCase(formatCase({ ...g, dtype: 'float32' }))
}

/** How a library writes what the added lines need. */
interface Writer {
  permuted(name: string, order: readonly number[]): string
  reversed(name: string, axis: number): string
  rounded(name: string, how: Rounding): string
  clipped(name: string, high: number | undefined): string
  wrapped(name: string): string
  magnitude(name: string): string
  repeated(name: string, count: number, axis: number): string
  bias(offsets: readonly number[], rank: number): string
}

const bytesWrapped = (name: string): string => `${name} % 256`

const numpy: Writer = {
  permuted: (name, order) => `${name}.transpose(${order.join(', ')})`,
  reversed: (name, axis) => `np.flip(${name}, ${axis})`,
  rounded: (name, how) =>
    `np.${{ nearest: 'rint', truncated: 'trunc', down: 'floor' }[how]}(${name})`,
  clipped: (name, high) =>
    high === undefined ? `np.maximum(${name}, 0)` : `np.clip(${name}, 0, ${high})`,
  wrapped: bytesWrapped,
  magnitude: (name) => `np.abs(${name})`,
  repeated: (name, count, axis) => `np.repeat(${name}, ${count}, axis=${axis})`,
  bias: (offsets, rank) => `np.array([${offsets.join(', ')}]).reshape(${biasShape(offsets, rank)})`,
}

const torch: Writer = {
  permuted: (name, order) => `${name}.permute(${order.join(', ')})`,
  reversed: (name, axis) => `${name}.flip(${axis})`,
  rounded: (name, how) =>
    `${name}.${{ nearest: 'round', truncated: 'trunc', down: 'floor' }[how]}()`,
  clipped: (name, high) =>
    high === undefined ? `${name}.clamp(min=0)` : `${name}.clamp(0, ${high})`,
  wrapped: bytesWrapped,
  magnitude: (name) => `${name}.abs()`,
  repeated: (name, count, axis) => `${name}.repeat_interleave(${count}, dim=${axis})`,
  bias: (offsets, rank) =>
    `torch.tensor([${offsets.join(', ')}]).reshape(${biasShape(offsets, rank)})`,
}

const biasShape = (offsets: readonly number[], rank: number): string =>
  [offsets.length, ...Array.from({ length: rank }, () => 1)].join(', ')

type Variable = 'x' | 'k' | 'y'

/** The axes that a library expects, in the letters of readings. Plain arrays have spatial axes. */
function wantedLetters(variable: Variable, axes: string, { letters }: Reading): string {
  const spatial = letters.includes('H') ? 'HW' : 'W'
  if (axes === '') return spatial
  return (variable === 'k' ? 'OC' : variable === 'y' ? 'NO' : 'NC') + spatial
}

const extentsText = ({ extents }: Reading, letters: string): string =>
  [...letters].map((letter) => extents[letter]).join(', ')

/** Lines that bring an array from its own axes into those that are wanted. */
function linesFor(
  variable: Variable,
  reading: Reading,
  axes: string,
  write: Writer,
): readonly string[] {
  const wanted = wantedLetters(variable, axes, reading)
  const { letters, order, shape } = reading
  const lines: string[] = []
  if (order !== letters)
    lines.push(`${variable} = ${variable}.reshape(${extentsText(reading, order)})`)
  const isDepthwise = order.includes('M')
  const target = isDepthwise ? wanted.replace('OC', 'CM') : wanted
  // Axes that the array does not have, have extent 1, and the other way round.
  const kept = [...target].filter((letter) => order.includes(letter))
  const dropped = [...order].filter((letter) => !target.includes(letter))
  const moved = [...dropped, ...kept].map((letter) => order.indexOf(letter))
  if (moved.some((from, to) => from !== to))
    lines.push(`${variable} = ${write.permuted(variable, moved)}`)
  const named = [...wanted].map((_, a) => shape[shape.length - wanted.length + a]!)
  if (kept.length < target.length || dropped.length > 0 || isDepthwise)
    lines.push(`${variable} = ${variable}.reshape(${named.join(', ')})`)
  return lines
}

function kernelLines(finding: Finding, axes: string, write: Writer): readonly string[] {
  const { arrangement, orientation } = finding
  const { x, k, sharing } = arrangement
  const channels = x.shape[1]!
  const lines = [...linesFor('k', k, axes, write)]
  if (sharing !== 'own')
    lines.push(`k = ${write.repeated('k', channels, sharing === 'each' ? 0 : 1)}`)
  if (orientation === 'rows' || orientation === 'columns') {
    const axis = (axes === '' ? 0 : 2) + (orientation === 'rows' ? 0 : 1)
    lines.push(`k = ${write.reversed('k', axis)}`)
  }
  return lines
}

function endingLines(
  { factor, offsets, rule }: Ending,
  axes: string,
  write: Writer,
): readonly string[] {
  const spatial = axes === '' ? 0 : axes.split(' ').length - 2
  const lines: string[] = []
  if (factor !== 1) {
    const divisor = 1 / factor
    const isDivisor = Number.isInteger(divisor) && divisor !== -1
    lines.push(factor === -1 ? 'y = -y' : isDivisor ? `y = y / ${divisor}` : `y = y * ${factor}`)
  }
  if (offsets.length > 1) lines.push(`y = y + ${write.bias(offsets, spatial)}`)
  else if (offsets[0] !== 0) lines.push(`y = y + ${offsets[0]}`)
  if ('how' in rule && rule.how) lines.push(`y = ${write.rounded('y', rule.how)}`)
  if (rule.kind === 'decimals') lines.push(`y = y.round(decimals=${rule.digits})`)
  if (rule.kind === 'relu') lines.push(`y = ${write.clipped('y', undefined)}`)
  if (rule.kind === 'magnitude') lines.push(`y = ${write.magnitude('y')}`)
  if (rule.kind === 'clipped') lines.push(`y = ${write.clipped('y', rule.high)}`)
  if (rule.kind === 'wrapped') lines.push(`y = ${write.wrapped('y')}`)
  return lines
}

/** Lines that bring the result into the axes of the pasted output. */
function backLines(reading: Reading, axes: string, write: Writer): readonly string[] {
  const from = wantedLetters('y', axes, reading)
  const { letters, order } = reading
  const lines: string[] = []
  const kept = [...from].filter((letter) => order.includes(letter))
  if (kept.length < from.length) lines.push(`y = y.reshape(${extentsText(reading, kept.join(''))})`)
  const moved = [...order].filter((l) => kept.includes(l)).map((letter) => kept.indexOf(letter))
  if (moved.some((at, to) => at !== to)) lines.push(`y = ${write.permuted('y', moved)}`)
  const isShort = [...order].some((letter) => !kept.includes(letter))
  if (order !== letters || isShort) lines.push(`y = y.reshape(${extentsText(reading, letters)})`)
  return lines
}

function assembled(
  code: string,
  before: readonly string[],
  after: readonly string[],
  name: ProgramSystem,
): string {
  const lines = code.split('\n')
  const isImport = (line: string): boolean => /^(?:import|from) /.test(line)
  const head = lines.filter(isImport)
  const added = [...before, ...after].join('\n')
  if (added.includes('np.') && !head.includes('import numpy as np'))
    head.unshift('import numpy as np')
  if (name === 'pytorch' && added.includes('torch.') && !head.includes('import torch'))
    head.unshift('import torch')
  const body = lines
    .filter((line) => !isImport(line))
    .join('\n')
    .trim()
  return [head.join('\n'), [...before, body, ...after].join('\n')].join('\n\n')
}
