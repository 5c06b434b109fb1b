/**
 * Texts that several views use: tensors, planes, cells, the focus.
 */

export const cells = {
  input: 'Input',
  kernel: 'Kernel',
  output: 'Output',
  bias: 'bias',
  tap: 'tap',
  batch: (n: number): string => `item ${n}`,
  channel: (n: number): string => `channel ${n}`,
  filter: (n: number): string => `filter ${n}`,
  layer: (n: number): string => `layer ${n < 0 ? `−${-n}` : n}`,
  plane: (names: readonly string[]): string => names.filter(Boolean).join(', '),
  planes: (from: number, to: number, of: number): string => `planes ${from}–${to} of ${of}`,
  planesBack: 'Previous planes',
  planesOn: 'Next planes',
  cellAt: (row: number, column: number): string => `row ${row}, column ${column}`,
  partShown: (
    top: number,
    bottom: number,
    rows: number,
    left: number,
    right: number,
    columns: number,
  ): string =>
    `This part shows rows ${top}–${bottom} of ${rows} and ` +
    `columns ${left}–${right} of ${columns}. ` +
    'Arrow keys and Page keys move it.',
  kinds: {
    padding: 'padding',
    inserted: 'zero between samples',
    cropped: 'cropped, never read',
    zero: 'no connection',
    above: 'convolution larger',
    below: 'correlation larger',
    skipped: 'not in the view',
    repeated: 'several times in the view',
    outside: 'outside the memory',
    written: 'just written',
  },
  edit: 'New number',
  noNumber: (text: string): string =>
    `“${text}” is not a number. The old number is kept. Enter a number such as −2.5.`,
  play: 'Play',
  pause: 'Pause',
  placeOf: (place: number, count: number): string => `${place} of ${count}`,
  nothingShown: 'Point at a cell in any view to see its products here. A click or Enter pins it.',
  library: (sentence: string): string => sentence,
  axisName: (axis: number): string => `Axis ${axis}`,
  unpin: 'Unpin',
  sentences: (all: readonly string[]): string => all.filter(Boolean).join(' '),
  focus: (view: string, index: string): string => `${view} [${index}]`,
  colon: ': ',
  focusTitle: 'The focus',
  focusLine: (name: string, result: string): string => `${name}: ${result}`,
  byte: (n: number): string => `byte ${n}`,
  focusSum: (taps: number, sum: string): string =>
    `${taps} ${taps === 1 ? 'product' : 'products'}, sum ${sum}`,
  focusMany: (taps: number, outputs: number): string =>
    `${taps} ${taps === 1 ? 'product' : 'products'} in ` +
    `${outputs} ${outputs === 1 ? 'output' : 'outputs'}`,
}
