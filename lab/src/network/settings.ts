/**
 * The settings of the page “Network”, as the link holds them:
 *
 *     page=network:sample:star,3;cell:1,4,2,3;answer:0
 *     page=network:draw:000…f (400 hexadecimal digits)
 *
 * Every part may be missing.
 */

import { type ReadSettings, readParts } from '../pages/read-parts.ts'
import { type Drawing, drawingFrom, drawingText, type ShapeName, shapeNames } from './drawing.ts'
import type { Cell } from './network-model.ts'

export interface Sample {
  readonly shape: ShapeName
  readonly seed: number
}

export interface NetworkSettings {
  readonly sample: Sample
  /** A drawing of one's own, which replaces the sample. */
  readonly drawing: Drawing | undefined
  /** The cell whose receptive field is shown. */
  readonly cell: Cell | undefined
  /** The class whose gradient is shown; undefined: the most probable one. */
  readonly answer: number | undefined
}

export const usualSettings: NetworkSettings = {
  sample: { shape: 'star', seed: 1 },
  drawing: undefined,
  cell: undefined,
  answer: undefined,
}

const maxSeed = 9999

/** Maps, rows and columns of the result of each layer. */
export const layerShapes: readonly (readonly [maps: number, rows: number, columns: number])[] = [
  [8, 10, 10],
  [16, 5, 5],
]

export function writeSettings({ sample, drawing, cell, answer }: NetworkSettings): string {
  const { shape, seed } = sample
  const isUsual = shape === usualSettings.sample.shape && seed === usualSettings.sample.seed
  return [
    ...(drawing ? [`draw:${drawingText(drawing)}`] : isUsual ? [] : [`sample:${shape},${seed}`]),
    ...(cell ? [`cell:${cell.layer},${cell.map},${cell.row},${cell.column}`] : []),
    ...(answer === undefined ? [] : [`answer:${answer}`]),
  ].join(';')
}

/** Parts that are not valid are named, and are as if they were missing. */
export const readSettings = (text: string): ReadSettings<NetworkSettings> =>
  readParts(text, usualSettings, (part) => {
    const [name = '', value = ''] = part.split(':')
    return Object.hasOwn(readers, name) ? readers[name]!(value) : undefined
  })

const readers: Readonly<Record<string, (value: string) => Partial<NetworkSettings> | undefined>> = {
  draw: (value) => {
    const drawing = drawingFrom(value)
    return drawing && { drawing }
  },
  sample: (value) => {
    const [word = '', digits = ''] = value.split(',')
    const shape = shapeNames.find((candidate) => candidate === word)
    const seed = Number(digits)
    return shape && /^\d{1,4}$/.test(digits) && seed <= maxSeed
      ? { sample: { shape, seed } }
      : undefined
  },
  cell: (value) => {
    if (!/^\d{1,2}(,\d{1,2}){3}$/.test(value)) return undefined
    const [layer = 0, map = 0, row = 0, column = 0] = value.split(',').map(Number)
    const [maps = 0, rows = 0, columns = 0] = layerShapes[layer] ?? []
    return map < maps && row < rows && column < columns
      ? { cell: { layer, map, row, column } }
      : undefined
  },
  answer: (value) =>
    /^\d$/.test(value) && Number(value) < shapeNames.length ? { answer: Number(value) } : undefined,
}
