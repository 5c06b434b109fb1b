/** The page “Adding up” in English. */

const list = (numbers: readonly number[]): string =>
  numbers.length < 2
    ? String(numbers[0])
    : `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`

export const en = {
  title: 'Adding up · stridefold lab',
  headline: [
    'Adding up:',
    'every sample sends the kernel, times its number, and these add up.',
  ] as readonly [string, string],
  skip: 'Skip to the input',
  toLens: 'Back to the lens',
  fault: 'These parts of the link are not valid, so the usual ones are shown:',

  input: 'Input',
  kernel: 'Kernel',
  kernelTurned: 'Kernel, turned',
  sent: 'What the sample sends',
  sentThere: 'What samples send there',
  output: (samples: number | undefined): string =>
    samples === undefined ? 'Output' : `Output of the first ${samples} samples`,
  counts: 'How many products meet',
  nothingSent: 'no sample yet',
  noCell: 'no output is chosen',
  spokenSample: (row: number, column: number, value: string): string =>
    `row ${row}, column ${column}: ${value}`,
  spokenOutput: (row: number, column: number, value: string, samples: number): string =>
    `row ${row}, column ${column}: ${value}, from ${samples} samples`,

  play: 'Play',
  pause: 'Pause',
  back: 'One sample back',
  on: 'One sample on',
  scrub: 'Samples that are sent',
  progress: (count: number, all: number): string => `${count} of ${all} samples`,
  start: 'Nothing is sent yet. Press Play, or press a sample of the input.',
  sampleSends: (row: number, column: number, value: string, outputs: number): string =>
    `The sample in row ${row}, column ${column} is ${value}. It sends ${value} × the kernel to ` +
    `${outputs} outputs, where it is added.`,
  cellIs: (row: number, column: number, samples: number): string =>
    `Output row ${row}, column ${column} is what ${samples === 1 ? '1 sample' : `${samples} samples`} sent there:`,
  countsAre: (counts: readonly number[]): string =>
    counts.length === 1
      ? `In every output ${counts[0]} products meet.`
      : `In an output ${list(counts)} products meet: the stronger the shade, the more. ` +
        'Where the counts change from one output to the next, pictures get a checkerboard.',

  kind: 'Layer',
  layer: 'convolution',
  transposed: 'transposed',
  sliders: { kernel: 'Kernel', stride: 'Stride', padding: 'Padding' },
  sizes: (input: string, output: string): string => `${input} → ${output}`,
  look: 'Look at',
  showCounts: 'counts',
  bySample: 'samples again',
  keys: 'Press a sample: where it goes. Press an output: where it comes from. Keys: arrows.',
  byWindow: 'The same by its window',
}

export type AddingMessages = typeof en
