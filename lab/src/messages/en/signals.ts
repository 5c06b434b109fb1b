/**
 * Texts of the 1-D smoothing view.
 */

export const signals = {
  sumTitle: 'The sum at this place',
  notOneAxis: 'The problem of the page has more than one axis.',
  showSignal: 'Show a noisy signal instead',
  inNumbers: 'Signal and weighting in numbers',
  signalShape: 'Signal',
  ownNumbers: 'other numbers',
  signals: { step: 'a step', sine: 'a sine', pulses: 'pulses', ramp: 'a ramp' },
  noise: 'Noise',
  newNoise: 'New noise',
  pointer: 'The pointer',
  pointerJobs: {
    points: 'points at a place',
    signal: 'draws the signal',
    weighting: 'draws the weighting',
  },
  weighting: 'Weighting',
  weightings: {
    box: 'box',
    triangle: 'triangle',
    gaussian: 'gaussian',
    exponential: 'forgetting (exponential)',
    difference: 'difference',
  },
  width: 'Width',
  samples: (n: number): string => `${n} ${n === 1 ? 'sample' : 'samples'}`,
  alignment: 'It sees',
  ownAlignment: 'as the problem pads',
  alignments: {
    causal: 'the past only (causal)',
    centred: 'both sides alike (centred)',
    valid: 'whole windows only (VALID)',
    full: 'every overlap (FULL)',
  },
  weightingRejected: 'This cannot be shown:',
  sampleAt: (n: number) => `Sample ${n}`,
  shownResult: 'Result shown',
  signalName: 'Signal',
  productsName: 'Products',
  resultName: 'Result',
  hiddenChannels: (n: number): string =>
    `${n} more ${n === 1 ? 'channel belongs' : 'channels belong'} to the sum and ${n === 1 ? 'is' : 'are'} not drawn.`,
  normalise: 'Make it sum to 1',
  weightingProperties: (sum: string, absolute: string, isWeighting: boolean, isCausal: boolean) =>
    `The weights sum to ${sum}, their absolute values to ${absolute}. ${isWeighting ? 'None is negative and they sum to 1: results are weighted means.' : 'They are no weighted mean.'} ${isCausal ? 'No sample after the place of a result is in its sum.' : 'Samples after the place of a result are in its sum too.'}`,
  plotPlace: 'Place',
  plotAt: (place: number, taps: number, sum: string) =>
    `output ${place}: ${taps} products, sum ${sum}`,
  plotLegend:
    'Blue: the signal, pale where the border stands in. Orange: the weighting at this place. Pink: the products. Green: the result, at the place where it is stored.',
  ringsLegend:
    'Rings: every sample and every result that the focus has to do with. The products stand where the results are that they go into.',
  responseTitle: 'What the weighting does to waves',
  responseLabel: 'Gain against frequency in cycles a sample; the table beside it has the numbers.',
  responseCaption: (dilation: number, stride: number, inserted: number): string =>
    [
      `Along the bottom cycles a ${inserted > 1 ? 'place, the inserted zeros counted' : 'sample'}: at 0.5 every second ${inserted > 1 ? 'place' : 'sample'} has the other sign. On the left the factor by which such a wave grows.`,
      dilation > 1
        ? `The weights stand ${dilation} apart, so the curve repeats ${dilation} times up to frequency 1.`
        : '',
      stride > 1
        ? `One result of ${stride} is kept: what is left of waves above ${Number((0.5 / stride).toPrecision(3))} shows as slower ones.`
        : '',
    ]
      .filter(Boolean)
      .join(' '),
  frequency: 'cycles a sample',
  gain: 'gain',
  continuousTitle: 'The integral behind the sum',
  continuousLabel:
    'A sine, a weighting that forgets, and their product; bars are the samples of the sum.',
  continuousCaption:
    'Along the bottom time; the sum is taken at t = 7. Blue: x. Orange: w, turned round at time t. Green: the product, whose area is s(t). Bars: what the sum takes for it.',
  samplesPerUnit: 'Samples a unit of time',
  perUnit: (n: number) => `${n} a unit`,
  sumAndIntegral: (sum: string, area: string, difference: string) =>
    `sum × step ${sum} · integral ${area} · difference ${difference}`,
}
