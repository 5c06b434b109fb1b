/**
 * Texts of the views that show the numbers as a matrix or as memory: im2col, Toeplitz, memory and
 * strides.
 */

export const memory = {
  asVector: (what: string) => `${what}, flattened`,
  equationMore: 'The output also holds the bias, or what the constant of the border adds.',
  denseTitle: (inputs: number, outputs: number, lines: number) =>
    `The same numbers as a layer: ${inputs} samples, ${outputs} outputs, ${lines} connections`,
  denseCaption:
    'The same numbers as a fully connected layer: one colour is one shared weight; a line that is missing is a zero of the matrix.',
  denseTooLarge: (nodes: number, lines: number) =>
    `The layer is drawn up to ${nodes} samples, ${nodes} outputs and ${lines} connections.`,
  matrixTooLarge: (rows: number, columns: number) =>
    `The matrix has ${rows} × ${columns} cells, too many to build on this page. Use a smaller input.`,
  readsTitle: 'Who reads the element',
  addressTitle: 'Index to address',
  matrixName: {
    im2col: 'im2col matrix',
    toeplitz: 'Toeplitz matrix',
    memory: 'Addresses of the input',
  },
  animationTitle: 'The way of the window into the matrix',
  animationLabel: (stage: string, column: number) => `The window of column ${column}: ${stage}`,
  animationCaption:
    'Padded input on the left, the matrix on the right; columns before this window stand there already.',
  animationTooLarge: (rows: number, columns: number, planes: number, taps: number) =>
    `The way is drawn for inputs up to ${rows} × ${columns}, ${planes} planes and ${taps} products.`,
  playAnimation: 'Play the way',
  stageBack: 'Stage back',
  stageOn: 'Stage on',
  stages: {
    0: 'in the input',
    1: 'lifted out',
    2: 'flattened',
    3: 'landed in the matrix',
  } as Readonly<Record<number, string>>,
  windowBack: 'Window before',
  windowOn: 'Next window',
  layoutName: 'A window is',
  layouts: { columns: 'a column', rows: 'a row' },
  formName: 'The matrix',
  forms: { copied: 'made', strided: 'as addresses' },
  windowMatrix: 'windows',
  windowAddresses: 'windows, as addresses in the padded input',
  kernelMatrix: 'kernel',
  outputMatrix: 'output',
  columnsNote:
    'One row for each filter, one column for each window: the product is the output, to be folded into its shape.',
  rowsNote:
    'The same three matrices turned over their diagonals, and so the factors change places: article 1 writes it both ways.',
  viewOf: (shape: string) => `A view of the padded input ${shape}`,
  bytes: (n: number) => `${n} ${n === 1 ? 'byte' : 'bytes'}`,
  borderBytes: (n: number) => `Both need the input with its border around it: ${n} bytes.`,
  libraryBytes: 'Workspace of the library on this problem, a tile at a time:',
  copiesTitle: 'How often is each sample copied?',
  copies: 'Copies of each sample',
  transposeMatrix: 'Turn the matrix over its diagonal (transposed convolution)',
  transposedResult: 'Transposed convolution of the output',
  transposedNote:
    'From the outputs back to the inputs along the same connections, with the same weights. It is no inverse: the numbers of the input do not come back.',
  grow: 'Larger input',
  shrink: 'Smaller input',
  cellsOn: (times: number): string =>
    times === 0
      ? 'not in the view'
      : times === 1
        ? 'once in the view'
        : `${times} times in the view`,
  touches: (once: number, repeated: number, most: number, skipped: number) =>
    `The view below stands on ${once} elements once, on ${repeated} several times${repeated > 0 ? ` (up to ${most})` : ''}, and leaves out ${skipped}.`,
  pointAtByte: 'Point at an element to see who reads it.',
  linesTouched: (lines: number, all: number, list: string) =>
    `The focus reads from ${lines} of ${all} cache lines${lines > 0 ? `: ${list}` : ''}.`,
  memoryExtent: (elements: number, dtype: string, bytes: number, lines: number) =>
    `${elements} elements of ${dtype}, ${bytes} bytes each: ${elements * bytes} bytes in ${lines} cache ${lines === 1 ? 'line' : 'lines'} of 64.`,
  elementAt: (element: number, sample: string, byte: number, line: number, at: number) =>
    `Element ${element} is sample [${sample}]. It begins at byte ${byte}, ${at} bytes into cache line ${line}.`,
  byteWithin: (byte: number, within: number, bytes: number) =>
    `Byte ${byte} is its byte ${within}; an aligned read begins at a multiple of ${bytes}.`,
  readByNone: 'No output reads it.',
  readBy: (reads: number, outputs: readonly string[], of: number) =>
    `It is read ${reads} ${reads === 1 ? 'time' : 'times'}, by ${of === 1 ? 'output' : `${of} outputs:`} ${outputs.join(', ')}${of > outputs.length ? ', …' : ''}.`,
  stridesTitle: 'A view by shape and strides',
  viewPreset: 'View',
  viewPresets: {
    lies: 'as it lies',
    transposed: 'transposed',
    flipped: 'turned round (negative strides)',
    second: 'every second sample',
    windows: 'all windows inside the plane',
    im2col: 'the im2col matrix',
    overlap: 'overlapping rows (article 1)',
    broadcast: 'one row, three times (stride 0)',
    diagonal: 'the diagonal',
  },
  presetNeeds: { windows: 'no window fits', im2col: 'only without padding' },
  ownView: 'numbers of your own',
  viewHint:
    'One number for each axis. Strides may be 0 or negative; the offset is where [0, 0, …] lies.',
  asCode: 'This view as code',
  codeNote:
    'stridefold counts elements and proves that every index stays inside. NumPy counts bytes and does not look: with wrong strides it reads foreign memory.',
  viewNumbers: { shape: 'shape', strides: 'strides', offset: 'offset' },
  unitName: 'counted in',
  units: { elements: 'elements', bytes: 'bytes' },
  viewNotWhole: (scale: number): string =>
    scale === 1
      ? 'Whole numbers are needed.'
      : `Whole numbers are needed; strides and offset in multiples of ${scale} bytes.`,
  viewRank: (shape: number, strides: number) =>
    `${shape} extents and ${strides} strides: as many of one as of the other are needed, 1 to 8.`,
  viewReach: (most: number) => `Strides and offset from −${most} to ${most} are needed.`,
  viewExtents: (most: number) => `Extents from 1 on are needed, with at most ${most} cells in all.`,
  least: 'least address',
  greatest: 'greatest address',
  provenInside:
    'Every index lies between the two, so no read can leave the memory. The library proves this before a view exists.',
  outsideAddresses: (n: number) => `${n} addresses outside the memory; nothing is read there`,
  theView: 'The view',
  theCopy: 'The same write in a copy',
  viewTooLarge: (cells: number, most: number) =>
    `The view has ${cells} cells; up to ${most} are drawn.`,
  notInView: 'The focus is on no element of the view.',
  sameAddress: (n: number) => `${n} more ${n === 1 ? 'cell' : 'cells'} of the view at this address`,
  writeThrough: (value: string): string => `Write ${value} through this cell`,
  undoWrite: (before: string): string => `Undo: ${before} again`,
  writeNote:
    'asStrided and slidingWindows give views that are refused wherever something would be written to them, since one write can change many cells; a writable one must be asked for. contiguous copies.',
  wrote: (element: number, before: string, cells: number, sample: string) =>
    `Element ${element} was ${before}. ${cells} ${cells === 1 ? 'cell' : 'cells'} of the view changed, and sample [${sample}] of the input with ${cells === 1 ? 'it' : 'them'}: one place in memory. In a copy one cell changes, and the input stays.`,
  columnBytes: (rows: number, columns: number, bytes: number, own: number) =>
    `${rows} × ${columns} cells, ${bytes} bytes; the input has ${own}. The same windows as memory strides copy nothing: 0 bytes.`,
  counts: (zeros: number, nonZeros: number, distinct: number, shared: number, free: number) =>
    `${zeros} zeros, ${nonZeros} others with ${distinct} distinct values. Parameters: ${shared} shared, ${free} if all connections were free.`,
}
