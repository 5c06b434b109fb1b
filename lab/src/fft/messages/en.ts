/** The page “FFT” in English. */

import type { ArrayName, ExampleName, GivenName } from '../settings.ts'

export const en = {
  title: 'FFT · stridefold lab',
  headline: ['FFT:', 'a convolution is a product of spectra.'] as readonly [string, string],
  skip: 'Skip to the signal',
  toLens: 'Back to the lens',
  fault: 'These parts of the link are not valid, so the usual ones are shown:',

  arrays: {
    x: 'x · Signal',
    k: 'k · Kernel',
    X: 'X = F(x) · Spectrum of the signal',
    K: 'K = F(k) · Spectrum of the kernel',
    P: 'P = X · K · Product, bin by bin',
    y: 'y = F⁻¹(P) · Result',
  } as Readonly<Record<ArrayName, string>>,
  spoken: (place: string, value: string): string => `${place}: ${value}`,
  notYet: 'not computed yet',
  plane: 'Complex plane',
  real: 'real',
  imaginary: 'imaginary',

  play: 'Play',
  pause: 'Pause',
  back: 'One number back',
  on: 'One number on',
  scrub: 'Numbers that are computed',
  progress: (count: number, all: number): string => `${count} of ${all} numbers`,

  start: 'Nothing is computed yet. Press Play, or press a column.',
  isPart: (place: string, value: string, spectrum: string): string =>
    `${place} is ${value}. It goes into every bin of ${spectrum}, in each turned by another angle.`,
  isTurned: (bin: number, points: number, angle: string): string =>
    `From one number to the next the arrow turns by ${bin}/${points} of a turn (${angle}).`,
  zeroBin: (count: number): string => `Nothing turns: bin 0 is the sum of the ${count} numbers.`,
  magnitude: (size: string, angle: string): string => `Magnitude ${size}, phase ${angle}.`,
  isProduct: (bins: number, products: number): string =>
    'Magnitudes are multiplied, phases added. ' +
    `There are ${bins} such products; the direct sum has ${products} of real numbers. ` +
    'This page adds up every bin. A fast transform gets the same bins from a few passes.',
  byDefinition: 'By the definition:',
  hasWrapped: (value: string, place: string): string =>
    `The dashed products (${value}) belong to ${place}, which has no place.`,
  areEqual: 'Both are equal.',
  differ: (by: string): string => `They differ by ${by}: the transforms round.`,

  dice: (sum: number, count: number, all: number): string =>
    `Two dice: of ${all} throws, ${count} have the sum ${sum}, more than any other.`,
  ownMeaning: 'Your numbers.',
  isWrong: 'Wrong: a part has wrapped around.',

  butterflies: 'The fast transform of the signal: butterflies',
  butterfliesLead: (points: number, products: number, sums: number): string =>
    `From the signal on the left to its ${points} bins on the right. Each stage computes pairs ` +
    `a + w·b and a − w·b. That is ${products} multiplications by w; ${points} sums of ${points} ` +
    `products would be ${sums}.`,
  butterfliesNeed: (points: number): string =>
    `${points} points are no power of two. The butterflies of this page halve the points again ` +
    'and again.',
  sorted: (place: number, index: number, value: string): string =>
    `Place ${place} has x[${index}] = ${value}: the binary digits of ${place}, read backwards.`,
  butterfly: (sum: string, bin: string | undefined): string =>
    bin === undefined ? sum : `${bin} = ${sum}`,

  example: 'Example',
  exampleNames: {
    dice: 'Two dice',
    polynomials: 'Polynomials',
    numbers: 'Long multiplication',
  } as Readonly<Record<ExampleName, string>>,
  given: { x: 'Signal x', k: 'Kernel k' } as Readonly<Record<GivenName, string>>,
  needed: (most: number): string => `Needed: 1 to ${most} numbers, such as 3, −0.5 or 1/9.`,
  points: 'Points of the transforms',
  lengths: (x: number, k: number, full: number): string => `${x} + ${k} − 1 = ${full} results.`,
  fits: (points: number): string => `They fit into ${points} points, so nothing wraps around.`,
  wraps: (missing: number): string =>
    (missing === 1
      ? 'The last one has no place and wraps around: it is'
      : `The last ${missing} have no place and wrap around: they are`) +
    ' added at the beginning (dashed).',
  bins: 'Bins',
  parts: 'real, imaginary',
  polar: 'magnitude, phase',
  partsNote: 'Full bar: real part. Empty bar: imaginary part.',
  polarNote: 'Bar: magnitude. Hand: phase.',
  keys: 'Press a column: what it is made of. Keys: arrows; , and . step; [ and ] go to the next array; Space plays.',
}

export type FftMessages = typeof en
