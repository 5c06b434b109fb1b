/** The page “Winograd” in English. */

import type { ArrayName, TransformName } from '../settings.ts'

export const en = {
  title: 'Winograd · stridefold lab',
  headline: ['Winograd:', 'neighbouring outputs share their multiplications.'] as readonly [
    string,
    string,
  ],
  skip: 'Skip to the tile',
  toLens: 'Back to the lens',
  fault: 'These parts of the link are not valid, so the usual ones are shown:',

  arrays: {
    d: 'Tile d',
    g: 'Kernel g',
    V: 'Transformed tile',
    U: 'Transformed kernel',
    M: 'Products',
    Y: 'Output',
  } as Readonly<Record<ArrayName, string>>,
  spoken: (place: string, value: string): string => `${place}: ${value}`,
  notYet: 'not computed yet',

  play: 'Play',
  pause: 'Pause',
  back: 'One number back',
  on: 'One number on',
  scrub: 'Numbers that are computed',
  progress: (count: number, all: number): string => `${count} of ${all} numbers`,

  start: 'Nothing is computed yet. Press Play, or press a place of an array.',
  isPart: (place: string, value: string, count: number, of: string): string =>
    `${place} is ${value}. It is a part of ${count} numbers of ${of}.`,
  transform: {
    V: 'Samples are added, times numbers of Bᵀ. This is done once for a tile, whatever the kernel.',
    U: 'Weights are added, times numbers of G. This is done once for a kernel, for all tiles.',
    Y: '',
  } as Readonly<Record<TransformName, string>>,
  isProduct: (count: number): string =>
    `This is one of ${count} multiplications. A layer with many channels adds these products ` +
    'over its channels, and transforms the sums back once.',
  byDefinition: (count: number): string => `By the definition, with ${count} products:`,
  areEqual: 'Both are equal.',
  differ: (by: string): string => `They differ by ${by}: the transforms round.`,

  tile: 'Tile',
  tileNames: { '2': 'F(2, 3)', '2x2': 'F(2×2, 3×3)', '4x4': 'F(4×4, 3×3)' },
  tileNote: (samples: string, outputs: string): string => `${samples} samples → ${outputs} outputs`,
  numbers: 'Your numbers',
  needed: (count: number): string => `Needed: ${count} numbers, such as 3, −0.5 or 1/9.`,
  usual: 'Usual numbers',
  ofLens: 'From the lens',
  lensNote: 'From the lens: the tile at its window, and its kernel.',
  noLensNote: 'The lens has no kernel of 3×3 that moves by one place over one plane.',

  counts: 'Operations for the tile',
  direct: 'direct',
  multiplications: 'multiplications',
  additions: 'additions',
  countsNote: (ratio: string, tile: number, output: number, kernel: number): string =>
    `${ratio} times fewer multiplications. The additions are ${tile} for the tile and ${output} ` +
    `for the output. The kernel needs ${kernel} more, once for all tiles.`,

  matrices: 'The matrices',
  points: (points: string): string =>
    `They evaluate polynomials at the points ${points} and ∞. The rows in use are marked.`,
  keys: 'Press a number: what it is made of. Keys: arrows; , and . step; [ and ] go to the next array; Space plays.',

  errors: 'What larger tiles cost',
  errorsLead: (tiles: number, kernels: number): string =>
    `Measured now: ${tiles} random tiles with ${kernels} kernels each, every operation rounded ` +
    'to float32. The library’s definition in float64 is the truth. The error is the root mean ' +
    'square, relative to that of the results.',
  tileColumn: 'Tile',
  perOutput: 'Multiplications per output',
  errorColumn: 'Error',
  directSum: 'direct sum',
  timesDirect: (factor: string): string => `${factor} × the direct sum’s`,
  measuring: 'measuring…',
  others: 'Other tiles',
}

export type WinogradMessages = typeof en
