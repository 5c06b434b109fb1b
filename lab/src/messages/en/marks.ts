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
    above: 'Bold: convolution is larger. Not bold: correlation is larger. Grey: both are equal.',
  },
  turnedTitle: 'The products at this angle',
  turnedBetween:
    'Between 0° and 180° the weights lie on no sample, so there are no products. Turn on to 180° for the convolution, or back to 0° for the correlation.',
  turnedIsConvolution: 'At 180°, convolution:',
  turnedIsCorrelation: 'At 0°, correlation:',
  turnedLabel: (degrees: number, sum: string): string =>
    `The window times the kernel turned by ${degrees}°. The sum of the products is ${sum}.`,
  moreChannels: (n: number): string => `${n} more ${n === 1 ? 'channel' : 'channels'}`,
  asTurned: 'as turned now',
  kernelGiven: 'Kernel, as given',
  kernelTurned: 'Kernel as it multiplies: turned by 180°',
  kernelReversed: 'Kernel as it multiplies: reversed',
  flippedWindows:
    'Convolution turns the kernel by 180°. Here the weights keep the order of the given kernel, and each window is read from its last sample to its first. The products are the same.',
  sizeFormula:
    'Outputs = ⌈(input + padding before + padding after − window + 1) / stride⌉, where window = dilation · (kernel − 1) + 1. ⌈ ⌉ rounds up.',
  paddedShape: (extents: readonly number[]): string => `padded ${extents.join('×')}`,
  paddedProducts: (products: string, padded: number): string =>
    padded === 0 ? products : `${products}; ${padded} of the products with the border`,
  matrixNote:
    'Read along a row: each weight multiplies the number above it. Their sum is the number at the end of the row.',
  counts: ({ empty, filled, filledWithZero, all, weights }: MatrixCounts): string =>
    [
      `${empty} of ${all} cells are empty: no connection, and no line below.`,
      `${filled} cells are filled,`,
      filledWithZero > 0 ? `${filledWithZero} of them with 0,` : '',
      `all from ${weights} ${weights === 1 ? 'weight' : 'weights'}.`,
      `A fully connected layer has ${all} weights.`,
    ]
      .filter(Boolean)
      .join(' '),
}

export interface MatrixCounts {
  readonly empty: number
  readonly filled: number
  readonly filledWithZero: number
  readonly all: number
  readonly weights: number
}
