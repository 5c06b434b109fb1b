/**
 * Texts of the marks in cells, and of the matrices beside their vectors.
 */

export const marks = {
  legendTitle: 'Marks in the cells',
  legend: {
    tap: 'Colour and small number: the tap, which is the place in the window, counted from 0. Each row of the kernel has one hue.',
    count:
      '×n: n products meet in this cell. If they belong to several taps, it has no tap’s colour.',
    padding: 'Hatched: padding, or zeros between samples.',
    border: 'Dashed line below: from the padding.',
    pointed: 'Thin ring: pointed at.',
    pinned: 'Thick ring, full corner: pinned.',
    active: 'Dashed ring: the selected tap.',
    skipped: 'Pale: not in the view.',
    repeated: 'Underlined: several times in the view.',
    written: 'Bold, underlined: just written.',
    above: 'Bar at the top: convolution is larger. At the bottom: correlation is larger.',
  },
  matrixNote:
    'Read along a row: each weight multiplies the number above it. Their sum is the number at the end of the row.',
  counts: ({ empty, filled, filledWithZero, all, weights }: MatrixCounts): string =>
    `${empty} of ${all} cells are empty: no connection, and no line below. ` +
    `${filled} cells are filled${filledWithZero > 0 ? `, ${filledWithZero} of them with 0` : ''}. ` +
    `All of them come from ${weights} ${weights === 1 ? 'weight' : 'weights'}. ` +
    `A fully connected layer has ${all} weights.`,
}

export interface MatrixCounts {
  readonly empty: number
  readonly filled: number
  readonly filledWithZero: number
  readonly all: number
  readonly weights: number
}
