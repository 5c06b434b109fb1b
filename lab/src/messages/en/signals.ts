/**
 * Texts of the 1-D smoothing view.
 */

export const signals = {
  sumTitle: 'The sum at this place',
  notOneAxis: 'The current problem has more than one axis.',
  showSignal: 'Show a noisy 1-D signal',
  inNumbers: 'Signal, weighting and result as numbers',
  plotTitle: 'Signal, weighting, products and result over the places',
  signalShape: 'Signal',
  ownNumbers: 'custom',
  signals: { step: 'a step', sine: 'a sine', pulses: 'pulses', ramp: 'a ramp' },
  noise: 'Noise',
  newNoise: 'New noise',
  pointer: 'The pointer',
  pointerJobs: {
    points: 'selects a place',
    signal: 'draws the signal',
    weighting: 'draws the weighting',
  },
  weighting: 'Weighting',
  weightings: {
    box: 'box',
    triangle: 'triangle',
    gaussian: 'gaussian',
    exponential: 'exponential decay',
    difference: 'difference',
  },
  width: 'Width',
  samples: (n: number): string => `${n} ${n === 1 ? 'sample' : 'samples'}`,
  alignment: 'Alignment',
  ownAlignment: 'custom padding',
  alignments: {
    causal: 'causal (past samples only)',
    centred: 'centred',
    valid: 'whole windows only (VALID)',
    full: 'every overlap (FULL)',
  },
  weightingRejected: 'This cannot be shown:',
  sampleAt: (n: number): string => `Sample ${n}`,
  shownResult: 'Result shown',
  signalName: 'Signal',
  productsName: 'Products',
  resultName: 'Result',
  hiddenChannels: (n: number): string =>
    `${n} more ${n === 1 ? 'channel is' : 'channels are'} part of the sum but not drawn.`,
  normalise: 'Normalise the sum to 1',
  weightingProperties: (
    sum: string,
    absolute: string,
    isWeighting: boolean,
    isCausal: boolean,
  ): string =>
    `The weights sum to ${sum}, their absolute values to ${absolute}. ${
      isWeighting
        ? 'No weight is negative and the sum is 1, so each result is a weighted mean.'
        : 'The results are not weighted means.'
    } ${
      isCausal
        ? 'A result uses no samples after its place.'
        : 'A result also uses samples after its place.'
    }`,
  plotPlace: 'Place',
  plotAt: (place: number, taps: number, sum: string): string =>
    `output ${place}: ${taps} products, sum ${sum}`,
  plotLegend:
    'Blue: the signal; hollow dots are the border. Orange: the weighting at this place. Purple: the products. Green: the results, each at the place where it is stored.',
  ringsLegend:
    'Rings mark the samples and results of the selected products. Each product is drawn at its result.',
  responseTitle: 'Frequency response of the weighting',
  responseLabel: 'Gain by frequency, in cycles per sample. The table beside it has the numbers.',
  responseCaption: (dilation: number, stride: number, inserted: number): string =>
    [
      `Horizontal: frequency in cycles per ` +
        `${inserted > 1 ? 'place, with inserted zeros' : 'sample'}. ` +
        'At 0.5 the sign alternates ' +
        `${inserted > 1 ? 'from place to place' : 'from sample to sample'}. ` +
        'Vertical: gain.',
      dilation > 1
        ? `With dilation ${dilation} the curve repeats ${dilation} times up to frequency 1.`
        : '',
      stride > 1
        ? `With stride ${stride}, frequencies above ${Number((0.5 / stride).toPrecision(3))} ` +
          'appear as lower frequencies (aliasing).'
        : '',
    ]
      .filter(Boolean)
      .join(' '),
  frequency: 'cycles per sample',
  gain: 'gain',
  continuousTitle: 'The integral that the sum approximates',
  continuousLabel:
    'A sine, an exponential weighting, and their product. The bars are the terms of the sum.',
  continuousCaption:
    'Horizontal: time. The sum is taken at t = 7. Blue: x. Orange: w, flipped at time t. Purple: the product, whose area is s(t). Bars: the approximation of the area by the sum.',
  samplesPerUnit: 'Samples per unit of time',
  perUnit: (n: number): string => `${n} per unit`,
  sumAndIntegral: (sum: string, area: string, difference: string): string =>
    `sum × step ${sum} · integral ${area} · difference ${difference}`,
}
