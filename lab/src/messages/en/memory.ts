/**
 * Texts of the views that show the numbers as a matrix or as memory: im2col, Toeplitz, memory and
 * strides.
 */

export const memory = {
  asVector: (what: string): string => `${what}, flattened`,
  equationMore: 'The output also includes the bias, or the products of a constant border.',
  denseTitle: (inputs: number, outputs: number, lines: number): string =>
    `The same numbers as a fully connected layer: ${inputs} samples, ${outputs} outputs, ` +
    `${lines} connections`,
  denseCaption:
    'The same numbers as a fully connected layer. Lines of one colour share one weight. Where the matrix is empty, there is no line.',
  denseTooLarge: (nodes: number, lines: number): string =>
    `The layer is drawn for up to ${nodes} samples, ${nodes} outputs and ${lines} connections.`,
  matrixTooLarge: (rows: number, columns: number): string =>
    `The matrix has ${rows} × ${columns} cells, which is too large for this page. ` +
    'Use a smaller input.',
  readsTitle: 'Reads of the element',
  addressTitle: 'Index to address',
  matrixName: {
    im2col: 'im2col matrix',
    toeplitz: 'Toeplitz matrix',
    memory: 'Addresses of the input',
  },
  animationTitle: 'From the window to the matrix',
  animationLabel: (stage: string, column: number): string =>
    `The window of column ${column}: ${stage}`,
  animationCaption:
    'Left: the padded input. Right: the matrix, with the columns of the windows before this one.',
  animationTooLarge: (rows: number, columns: number, planes: number, taps: number): string =>
    `The animation is drawn for inputs up to ${rows} × ${columns}, ${planes} planes and ` +
    `${taps} products.`,
  playAnimation: 'Play the animation',
  stageBack: 'Previous stage',
  stageOn: 'Next stage',
  stages: {
    0: 'in the input',
    1: 'lifted out',
    2: 'flattened',
    3: 'in the matrix',
  } as Readonly<Record<number, string>>,
  windowBack: 'Previous window',
  windowOn: 'Next window',
  layoutName: 'Each window is',
  layouts: { columns: 'a column', rows: 'a row' },
  formName: 'The matrix',
  forms: { copied: 'copied', strided: 'as addresses' },
  windowMatrix: 'windows',
  windowAddresses: 'windows, as addresses in the padded input',
  kernelMatrix: 'kernel',
  outputMatrix: 'output',
  columnsNote:
    'One row for each filter, one column for each window. The product, reshaped, is the output.',
  rowsNote:
    'The same three matrices, transposed. The factors change places. Article 1 uses both forms.',
  viewOf: (shape: string): string => `A view of the padded input ${shape}`,
  bytes: (n: number): string => `${n} ${n === 1 ? 'byte' : 'bytes'}`,
  borderBytes: (n: number): string => `Both need the padded input: ${n} bytes.`,
  libraryBytes: 'Workspace of the library for this problem, which it computes tile by tile:',
  copiesTitle: 'How often is each sample copied?',
  copies: 'Copies of each sample',
  transposeMatrix: 'Transpose the matrix (transposed convolution)',
  transposedResult: 'Transposed convolution of the output',
  transposedNote:
    'This maps outputs to inputs, along the same connections and with the same weights. It is not the inverse: it does not restore the input.',
  grow: 'Larger input',
  shrink: 'Smaller input',
  touched: (times: number): string =>
    times === 0
      ? 'not in the view'
      : times === 1
        ? 'once in the view'
        : `${times} times in the view`,
  touches: (once: number, repeated: number, max: number, skipped: number): string =>
    `The view below contains ${once} elements once and ${repeated} several times` +
    `${repeated > 0 ? ` (up to ${max})` : ''}. It skips ${skipped}.`,
  pointAtByte: 'Point at an element to see which outputs read it.',
  linesTouched: (lines: number, all: number, list: string): string =>
    `The focus reads ${lines} of ${all} cache lines${lines > 0 ? `: ${list}` : ''}.`,
  memoryExtent: (elements: number, dtype: string, bytes: number, lines: number): string =>
    `${elements} elements of ${dtype}, ${bytes} bytes each: ${elements * bytes} bytes in ` +
    `${lines} cache ${lines === 1 ? 'line' : 'lines'} of 64 bytes.`,
  elementAt: (element: number, sample: string, byte: number, line: number, at: number): string =>
    `Element ${element} is sample [${sample}]. It starts at byte ${byte}, which is byte ${at} of ` +
    `cache line ${line}.`,
  byteWithin: (byte: number, within: number, bytes: number): string =>
    `Byte ${byte} is its byte ${within}. An aligned read starts at a multiple of ${bytes}.`,
  readByNone: 'No output reads it.',
  readBy: (reads: number, outputs: readonly string[], of: number): string =>
    `It is read ${reads} ${reads === 1 ? 'time' : 'times'}, by ` +
    `${of === 1 ? 'output' : `${of} outputs:`} ${outputs.join(', ')}` +
    `${of > outputs.length ? ', …' : ''}.`,
  stridesTitle: 'A view by shape and strides',
  viewPreset: 'View',
  viewPresets: {
    lies: 'the input itself',
    transposed: 'transposed',
    flipped: 'flipped (negative strides)',
    second: 'every second sample',
    windows: 'all windows inside the plane',
    im2col: 'the im2col matrix',
    overlap: 'overlapping rows (article 1)',
    broadcast: 'one row, three times (stride 0)',
    diagonal: 'the diagonal',
  },
  presetNeeds: { windows: 'no window fits', im2col: 'only without padding' },
  ownView: 'custom',
  viewHint:
    'One number for each axis. Strides may be 0 or negative. The offset is the address of [0, 0, …].',
  asCode: 'This view as code',
  codeNote:
    'stridefold counts elements and checks that every index stays inside. NumPy counts bytes and does not check: with wrong strides it reads memory outside the array.',
  viewNumbers: { shape: 'shape', strides: 'strides', offset: 'offset' },
  unitName: 'counted in',
  units: { elements: 'elements', bytes: 'bytes' },
  viewNotWhole: (scale: number): string =>
    scale === 1
      ? 'Enter integers.'
      : `Enter integers. Strides and offset must be multiples of ${scale} bytes.`,
  viewRank: (shape: number, strides: number): string =>
    `${shape} extents and ${strides} strides. Enter equally many of both, from 1 to 8.`,
  viewReach: (max: number): string => `Strides and offset must be from −${max} to ${max}.`,
  viewExtents: (max: number): string =>
    `Extents must be at least 1, with at max ${max} cells in total.`,
  least: 'lowest address',
  greatest: 'highest address',
  provenInside:
    'Every address lies between these two, so no read can leave the memory. The library checks this before it creates a view.',
  outsideAddresses: (n: number): string =>
    `${n} addresses outside the memory, which are never read`,
  theView: 'The view',
  theCopy: 'The same write in a copy',
  viewTooLarge: (cells: number, max: number): string =>
    `The view has ${cells} cells. Views are drawn up to ${max} cells.`,
  notInView: 'The view does not contain the focused element.',
  sameAddress: (n: number): string =>
    `${n} more ${n === 1 ? 'cell' : 'cells'} of the view at this address`,
  writeThrough: (value: string): string => `Write ${value} through this cell`,
  undoWrite: (before: string): string => `Undo (restore ${before})`,
  writeNote:
    'Views from asStrided and slidingWindows are read-only by default, because one write can change many cells. The option writable allows writes. contiguous makes a copy.',
  wrote: (element: number, before: string, cells: number, sample: string): string =>
    `Element ${element} was ${before}. ${cells} ${cells === 1 ? 'cell' : 'cells'} of the ` +
    `view and sample [${sample}] of the input changed, because they share one address. ` +
    'A write to a copy changes one cell and leaves the input unchanged.',
  columnBytes: (rows: number, columns: number, bytes: number, own: number): string =>
    `${rows} × ${columns} cells, ${bytes} bytes. The input has ${own} bytes. ` +
    'The same windows as memory strides copy nothing: 0 bytes.',
}
