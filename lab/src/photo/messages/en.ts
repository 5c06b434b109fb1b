/**
 * The picture page in English.
 */

import type { MatrixFault } from '../kernel-text.ts'
import type { Alpha, Border, Channels, SampleName, Showing } from '../settings.ts'

const number = (value: number): string => value.toLocaleString('en')
const megapixels = (pixels: number): string =>
  (pixels / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })

const english = {
  title: 'Your picture · stridefold lab',
  headline: ['Your picture,', 'filtered on this device. It is sent nowhere.'] as readonly [
    string,
    string,
  ],
  toLens: 'Back to the lens',
  skip: 'Skip to the picture',
  loading: 'Loading …',

  choose: 'Choose a picture',
  sample: 'Samples',
  samples: { scene: 'Harbour', rings: 'Rings', cutout: 'Discs' } as Readonly<
    Record<SampleName, string>
  >,
  dropHint: 'or drop one here, or paste it',
  dropNow: 'Drop the picture',
  camera: 'Camera',
  cameraStarting: 'Camera starts …',
  pauseCamera: 'Freeze',
  resumeCamera: 'Go on',
  stopCamera: 'Stop camera',
  cameraRests: 'The camera rests while this tab is hidden.',
  rate: (frames: number, dropped: number): string =>
    `${frames} frames/s${dropped > 0 ? `, ${dropped} left out` : ''}`,
  savePng: 'Save PNG',
  saveNpy: 'Save .npy',
  saving: (percent: number): string => `Saving … ${percent} %`,
  saved: (name: string): string => `${name} is saved.`,
  noSave: 'The file could not be made: there is not enough memory. Try a PNG.',

  noPicture: 'The link holds the filters, not the picture. Choose your own; until then, a sample.',
  broken: (name: string): string => `${name} is not a picture that this browser can read.`,
  brokenHint: 'Try a PNG, JPEG or WebP file. The picture before stays.',
  noFiles: 'There is no picture in what you pasted or dropped.',
  cameraRefused:
    'The browser refused the camera. Allow it beside the address, or choose a picture.',
  cameraMissing: 'No camera was found. Choose a picture instead.',
  cameraBusy: 'The camera does not answer. Another program may use it.',
  cameraInsecure: 'Browsers give the camera to pages with https or on this computer only.',
  failed: (message: string): string => `This could not be computed: ${message}`,
  close: 'Close',

  picture: 'Picture',
  size: (width: number, height: number): string =>
    `${number(width)} × ${number(height)}` +
    (width * height >= 1e6 ? `, ${megapixels(width * height)} megapixels` : ''),
  before: 'Before',
  after: 'After',
  compare: 'Border between before and after',
  reduced: 'Preview of the reduced picture',
  computing: (percent: number): string => `The whole picture: ${percent} %`,
  pixelKeys: 'Arrow keys move the pixel, with Shift by ten. Enter keeps it. + − 0 zoom.',
  zoom: 'Size of the picture',
  zoomIn: 'Larger',
  zoomOut: 'Smaller',
  zoomWhole: 'The whole picture',
  zoomNow: (scale: number): string => `${Math.round(100 * scale)} %`,
  pixelAt: (row: number, column: number): string => `row ${number(row)}, column ${number(column)}`,
  kept: 'kept',
  colours: ['red', 'green', 'blue'] as readonly string[],
  grey: 'grey',
  inspector: 'Under the pointer',
  noPixel: 'Point at a pixel. A press keeps it.',
  openLens: 'Open in the lens',
  openLensHint: (width: number, height: number): string =>
    `Its ${width} × ${height} numbers, as the filter gets them`,
  of: 'of',
  spoken: (row: number, column: number, values: string): string =>
    `Row ${row}, column ${column}: ${values}`,

  histogram: 'Brightness',
  histogramLabel: (low: string, high: string): string =>
    `Counts of the values before and after. Results from ${low} to ${high}.`,
  range: (low: string, high: string): string => `Results from ${low} to ${high}.`,
  nothingCut: 'Nothing is cut off.',
  cut: (below: number, above: number, share: string): string =>
    `${[
      ...(below > 0 ? [`${number(below)} below black`] : []),
      ...(above > 0 ? [`${number(above)} above white`] : []),
    ].join(', ')}: ${share} of the values are cut off.`,

  filters: 'Filters',
  filterNumber: (place: number): string => `Filter ${place}`,
  addFilter: 'Add a filter',
  up: (name: string): string => `${name} earlier`,
  down: (name: string): string => `${name} later`,
  remove: (name: string): string => `Remove ${name}`,
  isOn: (name: string): string => `${name} on`,
  noFilters: 'No filter: the picture stays as it is.',
  ownWeights: 'own weights',

  kernel: 'Kernel',
  smoothing: 'Smooth',
  sharpening: 'Sharpen',
  edges: 'Find edges',
  kernels: {
    identity: 'nothing',
    box: 'box',
    gaussian: 'gaussian',
    motion: 'motion blur',
    sharpen: 'sharpen',
    unsharp: 'unsharp mask',
    emboss: 'emboss',
    'article-emboss': '“emboss” of the article',
    'sobel-x': 'Sobel ↔',
    'sobel-y': 'Sobel ↕',
    'scharr-x': 'Scharr ↔',
    'scharr-y': 'Scharr ↕',
    'prewitt-x': 'Prewitt ↔',
    'prewitt-y': 'Prewitt ↕',
    laplacian: 'Laplace, 4 neighbours',
    laplacian8: 'Laplace, 8 neighbours',
    log: 'Laplace of Gauss',
    dog: 'difference of Gaussians',
    gabor: 'Gabor: stripes',
  } as Readonly<Record<string, string>>,
  parameters: {
    sigma: 'sigma',
    size: 'size',
    length: 'length',
    angle: 'angle',
    amount: 'amount',
    ratio: 'ratio',
    wavelength: 'wavelength',
    aspect: 'aspect',
    phase: 'phase',
  } as Readonly<Record<string, string>>,
  automatic: 'automatic',
  rows: 'Rows',
  columns: 'Columns',
  weightAt: (row: number, column: number): string => `weight row ${row}, column ${column}`,
  grid: (rows: number, columns: number): string => `${rows} × ${columns} weights`,
  gridKeys: 'Arrow keys move, a number changes the weight, Delete makes it 0.',
  draw: 'Draw with',
  pen: 'Weight that is drawn',
  turn: 'Turn 180°',
  zeros: 'All 0',
  paste: 'Paste a matrix',
  pasteLabel: 'Rows on lines or separated by ;',
  pasteExample: '1 2 1\n2 4 2\n1 2 1',
  use: 'Use it',
  cancel: 'Cancel',
  divisor: 'Divide by',
  offset: 'Then add',
  normalise: 'Make the sum 1',
  normaliseZero: 'Make the positive weights sum to 1',
  matrixFault: (fault: MatrixFault): string => {
    switch (fault.kind) {
      case 'empty':
        return 'There are no numbers in it.'
      case 'word':
        return `“${fault.word}” is not a number.`
      case 'ragged':
        return `Row ${fault.row} has ${fault.count} numbers, but row 1 has ${fault.first}.`
      case 'large':
        return `It has ${fault.height} × ${fault.width} weights, but at most 31 × 31 fit.`
    }
  },
  kernelLarge: (width: number, height: number): string =>
    `This kernel has ${height} × ${width} weights, but at most 31 × 31 fit. Choose smaller numbers.`,
  kernelFault: (message: string): string => `This kernel does not exist: ${message}`,
  notNumber: 'Not a number. The weight is unchanged.',

  result: 'Result',
  border: 'Border',
  borders: {
    reflect: 'mirrored',
    symmetric: 'mirrored, edge twice',
    edge: 'edge repeated',
    wrap: 'other side',
    zero: 'black',
  } as Readonly<Record<Border, string>>,
  channels: 'Colours',
  channelNames: {
    each: 'each by itself',
    luma: 'brightness',
    red: 'red only',
    green: 'green only',
    blue: 'blue only',
  } as Readonly<Record<Channels, string>>,
  alpha: 'Alpha',
  alphaNames: {
    keep: 'stays',
    filter: 'is filtered too',
    premultiply: 'weights the colours',
  } as Readonly<Record<Alpha, string>>,
  noAlpha: 'no transparent pixel',
  show: 'Shown as',
  showNames: {
    auto: 'automatic',
    clip: '0 black, 255 white',
    offset: '0 in the middle',
    abs: 'without sign',
    minmax: 'full range',
  } as Readonly<Record<Showing | 'auto', string>>,
  automaticShow: (name: string): string => `automatic: ${name}`,
  linear: 'Linear light',
  place: 'Computed on',
  places: { processor: 'the processor', gpu: 'the GPU' } as Readonly<
    Record<'processor' | 'gpu', string>
  >,
  gpuNamed: (name: string, isFallback: boolean): string =>
    isFallback ? `GPU: ${name}. Slow: the processor computes in its place.` : `GPU: ${name}.`,
  gpuMissing: {
    insecure: 'No GPU: browsers give it to pages with https or on this computer only.',
    browser: 'No GPU: this browser has no WebGPU.',
    adapter: 'No GPU: the browser finds none, or does not use this one.',
  } as Readonly<Record<'insecure' | 'browser' | 'adapter', string>>,

  facts: 'What it does',
  rank: (rank: number | undefined, width: number, height: number): string => {
    const products = width * height
    if (products === 1) return 'One product for each value.'
    if (rank === 0) return 'All weights are 0.'
    if (rank === undefined || rank * (width + height) >= products)
      return (
        `${number(products)} products for each value. Rank ${rank ?? '?'}: rows and columns one ` +
        'after the other would not be less.'
      )
    return rank === 1
      ? `Separable: ${width} + ${height} products for each value instead of ${number(products)}.`
      : `Rank ${rank}: ${rank} × (${width} + ${height}) products for each value instead of ` +
          `${number(products)}.`
  },
  sum: (sum: string, isZero: boolean): string =>
    isZero ? 'The weights sum to 0: flat areas become 0.' : `The weights sum to ${sum}.`,
  response: 'Response',
  responseLabel: (flat: string, across: string, down: string): string =>
    `How much of each wave stays. Flat areas × ${flat}, finest stripes ↔ × ${across}, ↕ × ${down}.`,
  flat: 'flat',
  finestAcross: 'finest ↔',
  finestDown: 'finest ↕',
  plan: (algorithm: string, backend: string, predicted: string): string =>
    `${algorithm} on ${backend}, predicted ${predicted} ms`,
  planUntimed: (algorithm: string, backend: string): string => `${algorithm} on ${backend}`,
  planOf: 'Plan',
  time: (filters: string, whole: string): string =>
    `Last run: filters ${filters} ms, with pixels ${whole} ms`,
  explain: 'The whole plan',
}

export type PhotoMessages = typeof english
export const en: PhotoMessages = english
