/** The page “Network” in English. */

import type { ShapeName } from '../drawing.ts'

type Span = readonly [first: number, behind: number]

export const en = {
  title: 'Network · stridefold lab',
  headline: ['Network:', 'draw a shape, and see what every layer makes of it.'] as readonly [
    string,
    string,
  ],
  skip: 'Skip to the drawing',
  toLens: 'Back to the lens',
  fault: 'These parts of the link are not valid, so the usual ones are shown:',
  trained: (count: number, percent: string, handPercent: string): string =>
    'The network was trained on shapes that a program drew, at any place, size and angle: filled ' +
    'ones with noise, and ones with a brush that wobbles like a hand. It knows no digits. ' +
    `Of ${count.toLocaleString('en')} new ones of each kind it names ${percent} % and ` +
    `${handPercent} % right.`,

  drawing: 'Drawing',
  spokenPixel: (row: number, column: number, percent: number): string =>
    `row ${row}, column ${column}: ${percent} % ink`,
  tools: 'Tools',
  draw: 'draw',
  erase: 'erase',
  fill: 'fill inside',
  clear: 'clear',
  samples: 'Shapes that the program draws',
  toolsNote:
    'Or press a shape: each press draws a new one. Keys: arrows move, Space draws at the square.',
  shapes: { circle: 'circle', square: 'square', triangle: 'triangle', star: 'star' } as Readonly<
    Record<ShapeName, string>
  >,

  maps: (layer: number, maps: number, rows: number, columns: number): string =>
    `Layer ${layer}: ${maps} maps of ${rows}×${columns}`,
  spokenCell: (map: number, row: number, column: number, value: string): string =>
    `map ${map}, row ${row}, column ${column}: ${value}`,
  noCell: 'no cell is chosen',
  answer: 'Answer',
  answerChange: (shape: string): string => `What would make it more of a ${shape}`,
  cellChange: 'What would make this cell larger',
  legend: 'Full squares: more ink helps. Small squares: less ink helps.',
  more: 'more ink helps',
  less: 'less ink helps',
  noChange: '(The cell is 0, and a small change leaves it there.)',

  empty: 'Nothing is drawn yet. Draw the outline of a shape, and fill it if you like.',
  says: (shape: string, percent: string): string =>
    `The network says ${shape}, with a probability of ${percent}.`,
  pressCell: 'Press a cell of a map: it shows which part of the drawing it sees.',
  cell: (map: number, row: number, column: number, value: string): string =>
    `The cell of map ${map} in row ${row}, column ${column} is ${value}.`,
  sees: (rows: Span, columns: Span, count: number): string =>
    `It sees rows ${rows[0]} to ${rows[1] - 1} and columns ${columns[0]} to ${columns[1] - 1} of ` +
    `the drawing, ${count} pixels: nothing outside can change it.`,
}

export type NetworkMessages = typeof en
