/**
 * WebNN: `conv2d` of an MLGraphBuilder, channels first. A signal is an image with one row. Borders
 * use `pad`.
 */

import type { ConvGeometry } from 'stridefold/sync'
import {
  type BorderWords,
  borderSteps,
  channelsFirst,
  constantOf,
  isConstant,
  type Pair,
  rejectBorders,
  rejectInputDilation,
  wordOf,
} from './arrays-and-borders.ts'
import { array } from './javascript.ts'
import {
  type System,
  type TranslatedArray,
  type Translation,
  unsupportedError,
} from './translation.ts'

const padWords: BorderWords = {
  zero: 'constant',
  constant: 'constant',
  edge: 'edge',
  reflect: 'reflection',
}

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  if (rank > 2)
    throw unsupportedError('webnn', `its layer has 2 axes, not ${rank}`, 'Use --to stridefold.')
  if (g.dtype === 'float64')
    throw unsupportedError('webnn', 'its conv2d has no float64', 'Leave f64 out.')
  if (g.axes.some(({ before, after }) => before < 0 || after < 0))
    throw unsupportedError(
      'webnn',
      'it has no negative padding',
      'Crop with builder.slice first, and write the case of the rest.',
    )
  rejectInputDilation('webnn', g)
  rejectBorders('webnn', g, padWords)
  const steps = borderSteps(g)
  const usesConvPadding = steps.every(
    ({ border }) => isConstant(border) && constantOf(border) === 0,
  )
  const lines: string[] = []
  let name = 'x'
  for (const { border, pads } of usesConvPadding ? [] : steps) {
    const sides = (side: 0 | 1): string =>
      array([0, 0, ...withRow<Pair>(pads, [0, 0]).map((pad) => pad[side])])
    const value = constantOf(border)
    const mode =
      'mode: ' +
      `'${padWords[isConstant(border) ? 'constant' : wordOf(border)]}'${value === 0 ? '' : `, value: ${value}`}`
    lines.push(
      `const padded${lines.length} = builder.pad(${name}, ${sides(0)}, ${sides(1)}, { ${mode} })`,
    )
    name = `padded${lines.length - 1}`
  }
  const perAxis = (values: readonly number[]): string => array(withRow(values, 1))
  const options = [
    ...(usesConvPadding
      ? [
          `padding: ${array(
            withRow<Pair>(
              g.axes.map(({ before, after }): Pair => [before, after]),
              [0, 0],
            ).flat(),
          )}`,
        ]
      : []),
    `strides: ${perAxis(g.axes.map(({ stride }) => stride))}`,
    `dilations: ${perAxis(g.axes.map(({ dilation }) => dilation))}`,
    `groups: ${g.groups}`,
  ]
  const weights = g.flip ? 'builder.reverse(k, { axes: [2, 3] })' : 'k'
  const arrays = channelsFirst(g)
  const rows = (array4d: TranslatedArray): TranslatedArray =>
    rank === 2
      ? array4d
      : {
          shape: [...array4d.shape.slice(0, 2), 1, ...array4d.shape.slice(2)],
          axes: array4d.axes.replace('W', 'H W'),
        }
  return {
    code: [
      ...lines,
      `const y = builder.conv2d(${name}, ${weights}, {`,
      ...options.map((option) => `  ${option},`),
      '})',
    ].join('\n'),
    x: rows(arrays.x),
    k: rows(arrays.k),
    y: rows(arrays.y),
    notes: [
      'builder is an MLGraphBuilder; x and k are its operands. conv2d is a correlation; ' +
        'padding is top, bottom, left, right.',
      ...(rank === 1 ? ['A signal is an image with one row.'] : []),
    ],
  }
}

const withRow = <T>(values: readonly T[], row: T): readonly T[] =>
  values.length === 1 ? [row, ...values] : values

export const webnn: System = { name: 'webnn', title: 'WebNN', language: 'javascript', translate }
