/**
 * Texts of the views with a moving window: slide, arithmetic, flip, modes and sizes.
 */

export const windows = {
  pixel: 'cell',
  row: 'row',
  product: 'product',
  editHint: 'Double-click, F2 or a digit changes a number.',
  newInput: 'New input',
  newKernel: 'New kernel',
  preset: 'Kernel preset',
  paintWith: 'Paint the input with',
  paintNumber: 'Number to paint with',
  transport: 'Steps of the window',
  rowBack: 'Row back',
  pixelBack: 'Cell back',
  tapBack: 'Tap back',
  tapOn: 'Tap on',
  pixelOn: 'Cell on',
  rowOn: 'Row on',
  scrub: 'Output cell',
  stepBy: 'Play by',
  speed: 'Speed',
  perSecond: (n: number) => `${n} a second`,
  pictureTitle:
    'The output plane above the padded input; lines lead from the window to the cell it makes.',
  pictureCaption: 'The same step in three dimensions.',
  pictureTooLarge: (most: number) => `The 3-D picture is drawn up to ${most} rows and columns.`,
  rounded: (dtype: string) => `rounded to ${dtype}`,
  partOfSum: (taps: number) => `this cell is ${taps} of its products:`,
  moreTaps: (n: number) => `… and ${n} more.`,
  symbolic: 'In letters',
  copyText: 'Copy as text',
  copyLatex: 'Copy as LaTeX',
  term: (
    tap: number,
    value: string,
    weight: string,
    product: string,
    sum: string,
    padded: boolean,
  ) =>
    `Tap ${tap}: ${value}${padded ? ' from the border' : ''} times ${weight} is ${product}, sum so far ${sum}`,
  manyProducts: (taps: number, outputs: number) => `${taps} products in ${outputs} outputs:`,
  modesNote:
    'Point at a cell of any output: the same window is lit in every mode that stops there. A click on an output that your problem does not have takes that mode.',
  modeNames: {
    valid: 'VALID',
    same: 'SAME of layers',
    'same-signal': 'SAME of signals',
    full: 'FULL',
  },
  modeMeaning: {
    valid: 'The window stays inside the input.',
    same: 'As many outputs as ⌈input / stride⌉, no more padding than they need (TensorFlow, ONNX).',
    'same-signal': 'Padded as at stride 1, then every s-th place is kept (SciPy, article 2).',
    full: 'Every place where window and input overlap.',
  },
  modeIsYours: 'This is your problem.',
  takeMode: (mode: string) => `Take ${mode}`,
  sameAgree: 'At stride 1 the two meanings of SAME agree.',
  sameDiffer: (layer: string, signal: string) =>
    `SAME has two meanings here. Article 2 says that SAME does not look at the stride; layers do: they pad ${layer}, signals pad ${signal}.`,
  sameEqual:
    'Article 2 says that SAME does not look at the stride; layers do. With these extents both pad alike.',
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
      ? 'No sample is left over.'
      : `${samples} at the end ${samples === 1 ? 'is' : 'are'} in no further window.`,
  lineTitle: (axis: number, starts: string, of: number) =>
    `Axis ${axis}: ${of} windows; the first weight stands on ${starts}`,
  lineTooLong: (most: number) => `The number line is drawn up to ${most} places.`,
  solveTitle: 'Solve for any number',
  solveHint:
    'Leave the number empty that you look for. Padding: a number, before:after, or a name such as same.',
  dialect: 'In the words of',
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
  solutions: (unknown: string, values: string, orMore: boolean) =>
    `${unknown} = ${values}${orMore ? ' or more' : ''}`,
  noSolution: 'No solution.',
  convolution: 'Convolution (kernel turned)',
  correlation: 'Correlation (kernel as given)',
  difference: 'Convolution − correlation',
  flippedKernel: 'Kernel, turned by 180°',
  rotate: 'Turn the kernel',
  degrees: (n: number) => `${n}°`,
  rotateTitle: (degrees: number): string => `The kernel turned by ${degrees} degrees`,
  rotateTooLarge: (most: number) =>
    `The turning kernel is drawn up to ${most} rows and columns and two axes.`,
  differ: (different: number, of: number) => `${different} of ${of} results differ.`,
  symmetry: {
    same: 'This kernel is the same when turned: no visible difference.',
    negated:
      'Turning this kernel changes just the sign of every weight, and so of every result before the bias is added.',
    none: 'This kernel has no such symmetry: which of the two a library means matters.',
  },
  whoFlips: 'Who turns the kernel?',
  doesFlip: 'turns',
  doesNotFlip: 'does not turn',
}
