/**
 * Texts that several views use: tensors, planes, cells, the focus.
 */

export const cells = {
  input: 'Input',
  kernel: 'Kernel',
  output: 'Output',
  bias: 'bias',
  tap: 'tap',
  batch: (n: number) => `item ${n}`,
  channel: (n: number) => `channel ${n}`,
  filter: (n: number) => `filter ${n}`,
  layer: (n: number) => `layer ${n}`,
  plane: (names: readonly string[]): string => names.filter(Boolean).join(', '),
  planes: (from: number, to: number, of: number) => `planes ${from}–${to} of ${of}`,
  planesBack: 'Planes before',
  planesOn: 'Planes after',
  cellAt: (row: number, column: number) => `row ${row}, column ${column}`,
  partShown: (
    top: number,
    bottom: number,
    rows: number,
    left: number,
    right: number,
    columns: number,
  ) =>
    `rows ${top}–${bottom} of ${rows}, columns ${left}–${right} of ${columns} are drawn; arrow keys and Page keys move on`,
  kinds: {
    padding: 'padding',
    inserted: 'zero between samples',
    cropped: 'cropped, never read',
    zero: 'no connection',
    above: 'convolution is larger',
    below: 'correlation is larger',
    skipped: 'not in the view',
    repeated: 'several times in the view',
    outside: 'outside the memory',
    written: 'just written',
  },
  edit: 'New number',
  noNumber: (text: string) =>
    `“${text}” is not a number. The old one stays. Type digits, such as −2.5.`,
  play: 'Play',
  pause: 'Pause',
  placeOf: (place: number, count: number): string => `${place} of ${count}`,
  nothingShown:
    'Point at any cell of any view, or pin one with a click or Enter: its products appear here.',
  library: (sentence: string): string => sentence,
  axisName: (axis: number) => `Axis ${axis}`,
  unpin: 'Unpin',
  sentences: (all: readonly string[]): string => all.filter(Boolean).join(' '),
  focus: (view: string, index: string) => `${view} [${index}]`,
  byte: (n: number) => `byte ${n}`,
  focusSum: (taps: number, sum: string) =>
    `${taps} ${taps === 1 ? 'product' : 'products'}, sum ${sum}`,
  focusMany: (taps: number, outputs: number) =>
    `${taps} ${taps === 1 ? 'product' : 'products'} in ${outputs} ${outputs === 1 ? 'output' : 'outputs'}`,
}
