/**
 * Texts of the views with a moving window: slide, arithmetic, flip, modes and sizes.
 */

export const windows = {
  pixel: 'cell',
  row: 'row',
  product: 'product',
  editHint: 'To edit a number, double-click it, or press F2 or a digit.',
  newInput: 'New input',
  newKernel: 'New kernel',
  preset: 'Kernel preset',
  paintWith: 'Paint cells with',
  paintNumber: 'Number to paint with',
  transport: 'Steps of the window',
  rowBack: 'Previous row',
  pixelBack: 'Previous cell',
  tapBack: 'Previous tap',
  tapOn: 'Next tap',
  pixelOn: 'Next cell',
  rowOn: 'Next row',
  scrub: 'Output cell',
  stepBy: 'Step',
  speed: 'Speed',
  perSecond: (n: number): string => `${n} per second`,
  pictureTitle:
    'The output plane above the padded input. Lines connect the window with its output cell.',
  pictureCaption: 'The same step in three dimensions.',
  pictureTooLarge: (max: number): string =>
    `The 3-D drawing is shown for up to ${max} rows and columns.`,
  rounded: (dtype: string): string => `rounded to ${dtype}`,
  partOfSum: (taps: number): string => `${taps} ${taps === 1 ? 'product' : 'products'} of its sum:`,
  moreTaps: (n: number): string => `… and ${n} more.`,
  symbolic: 'As symbols',
  copyText: 'Copy as text',
  copyLatex: 'Copy as LaTeX',
  term: (
    tap: number,
    value: string,
    weight: string,
    product: string,
    sum: string,
    padded: boolean,
  ): string =>
    `Tap ${tap}: ${value}${padded ? ' from the border' : ''} times ${weight} is ${product}, ` +
    `running sum ${sum}`,
  manyProducts: (taps: number, outputs: number): string => `${taps} products in ${outputs} outputs`,
  modesNote:
    'Point at an output cell. The same window is highlighted in every mode that has it. A click on an output that the current problem does not have switches to that mode.',
  modeNames: {
    valid: 'VALID',
    same: 'SAME of layers',
    'same-signal': 'SAME of signals',
    full: 'FULL',
  },
  modeMeaning: {
    valid: 'The window stays inside the input.',
    same: '⌈input / stride⌉ outputs, with the padding that they need (TensorFlow, ONNX).',
    'same-signal': 'Padded as for stride 1, then every s-th output is kept (SciPy, article 2).',
    full: 'All positions where window and input overlap.',
  },
  modeIsYours: 'This is the current problem.',
  takeMode: (mode: string): string => `Use ${mode}`,
  sameAgree: 'With stride 1 both kinds of SAME are equal.',
  sameDiffer: (layer: string, signal: string): string =>
    `The two kinds of SAME differ here. In article 2 SAME does not depend on the stride. ` +
    `In layers it does. Layers pad ${layer}, signals pad ${signal}.`,
  sameEqual:
    'In article 2 SAME does not depend on the stride. In layers it does. For these extents both pad equally.',
  border: 'Border',
  borders: {
    zero: 'zero',
    edge: 'edge',
    reflect: 'reflect',
    symmetric: 'symmetric',
    wrap: 'wrap',
    constant: 'constant',
  },
  remainder: (samples: number): string =>
    samples === 0
      ? 'No place is left over.'
      : `Left over at the end: ${samples} ${samples === 1 ? 'place' : 'places'}.`,
  lineTitle: (axis: number, starts: string, of: number): string =>
    `Axis ${axis}: ${of} windows, with the first weight at ${starts}`,
  lineTooLong: (max: number): string => `The number line is drawn for up to ${max} places.`,
  solveTitle: 'Solve for one number',
  solveHint:
    'Leave one field empty to solve for it. Padding is a number, before:after, or a name such as same.',
  dialect: 'Convention',
  dialects: {
    pytorch: 'PyTorch',
    tensorflow: 'TensorFlow',
    'onnx-upper': 'ONNX SAME_UPPER',
    'onnx-lower': 'ONNX SAME_LOWER',
    scipy: 'SciPy',
    numpy: 'NumPy',
    article2: 'article 2',
  },
  shapeNumbers: {
    input: 'input',
    kernel: 'kernel',
    stride: 'stride',
    dilation: 'dilation',
    padding: 'padding',
    output: 'output',
  },
  solutions: (unknown: string, values: string, orMore: boolean): string =>
    `${unknown} = ${values}${orMore ? ' or more' : ''}`,
  noSolution: 'No solution.',
  convolution: 'Convolution (kernel flipped)',
  correlation: 'Correlation (kernel not flipped)',
  difference: 'Convolution − correlation',
  flippedKernel: 'Flipped kernel',
  rotate: 'Rotate the kernel',
  degrees: (n: number): string => `${n}°`,
  rotateTitle: (degrees: number): string => `The kernel rotated by ${degrees} degrees`,
  rotateCaption: 'The weights at any angle. At 180° this is the flipped kernel beside it.',
  rotateTooLarge: (max: number): string =>
    `The rotating kernel is drawn for up to ${max} rows and columns and two axes.`,
  differ: (different: number, of: number): string => `${different} of ${of} results differ.`,
  symmetry: {
    same: 'Flipping does not change this kernel, so both results are equal.',
    negated: 'Flipping negates every weight of this kernel, and so every result before the bias.',
    none: 'Flipping changes this kernel, so the two operations give different results.',
  },
  whoFlips: 'Which calls flip the kernel?',
  doesFlip: 'flip',
  doesNotFlip: 'do not flip',
}
