/** The page “Channels” in English. */

interface Most {
  readonly channels: number
  readonly filters: number
  readonly rows: number
  readonly columns: number
  readonly kernel: number
}

const list = (numbers: readonly number[]): string => numbers.join(', ')

export const en = {
  title: 'Channels · stridefold lab',
  headline: ['Channels:', 'a filter reads every channel, and makes one plane.'] as readonly [
    string,
    string,
  ],
  skip: 'Skip to the planes',
  toLens: 'Back to the lens',

  input: 'input',
  weights: 'weights',
  output: 'output',
  bias: 'bias',
  counts: (filters: number, planes: number, kernel: string, weights: number): string =>
    `${filters === 1 ? '1 filter' : `${filters} filters`} with ${
      planes === 1 ? '1 plane' : `${planes} planes`
    } of ${kernel} each: ${weights} weights.`,
  item: (item: number, all: number): string => `Item ${item} of ${all} of the batch is shown.`,

  scene: 'Planes of the layer: the chosen output',
  spoken: (filter: number, row: number, column: number, value: string): string =>
    `filter ${filter}, row ${row}, column ${column}: ${value}`,
  channel: (channel: number): string => `channel ${channel}`,
  filterName: (filter: number, channels: readonly number[] | undefined): string =>
    channels === undefined
      ? `filter ${filter}`
      : channels.length === 1
        ? `filter ${filter}: channel ${channels[0]}`
        : `filter ${filter}: channels ${list(channels)}`,
  outputPlane: (filter: number): string => `from ${filter}`,

  play: 'Play',
  pause: 'Pause',
  back: 'One output back',
  on: 'One output on',
  scrub: 'Output',
  placeName: (filter: number, row: number, column: number): string =>
    `filter ${filter} · row ${row} · column ${column}`,
  sumTitle: (filter: number, row: number, column: number): string =>
    `One output: filter ${filter}, row ${row}, column ${column}`,
  productsOf: (products: string): string => `, the sum of ${products}`,

  layer: 'Layer',
  sliders: {
    channels: 'Channels',
    filters: 'Filters',
    kernel: 'Kernel',
    stride: 'Stride',
    padding: 'Padding',
  },
  groups: 'A filter reads',
  dense: 'all channels',
  twoGroups: '2 groups',
  depthwise: 'one channel',
  groupsNote: (groups: number, channels: number): string =>
    groups === 1
      ? 'groups = 1: every filter has a plane for every channel.'
      : groups === channels
        ? `groups = ${groups}, depthwise: every filter has one plane.`
        : `groups = ${groups}: a filter reads ${channels / groups} of ${channels} channels.`,

  camera: 'View',
  turn: 'Turn',
  flat: 'Side by side',
  stacked: 'In depth',
  keys: 'Drag to turn. Press an output or a sample. Keys: arrows, Page Up, Page Down; with Shift they turn.',

  legendTitle: 'What belongs together',
  legend: {
    input: 'A plane of the input. The window is at the same place in all channels.',
    weights: 'A plane of a filter. It multiplies the channel with its number.',
    output: 'The output plane “from 0” is made by filter 0.',
  },
  workspace: 'Open in the workspace',

  fault: {
    case: ({ channels, filters, rows, columns, kernel }: Most): string =>
      'is no layer that this page can show. It shows two axes without dilated input, up to ' +
      `${channels} channels, ${filters} filters, ${rows} × ${columns} samples with padding, and ` +
      `kernels up to ${kernel} × ${kernel}, as in case:1x3x5x6_*_2x3x3x3.`,
    at: (_: Most): string => 'is no place. Write at:filter,row,column with whole numbers.',
    turn: (_: Most): string => 'are no angles. Write turn:turn,tilt in whole degrees.',
    name: (_: Most): string => 'is not a setting of this page. It has case:, at: and turn:.',
  },
}

export type StackMessages = typeof en
