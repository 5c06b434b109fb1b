/**
 * The call of stridefold for code of another library: with the layouts, the channel axis and the
 * bias of that code, so that its arrays are used as they are.
 */

import type { ConvGeometry } from 'stridefold/sync'
import { array, oneOrAll, pairs } from './javascript.ts'
import type { LayerCall } from './read/convolution.ts'
import type { Reading } from './read/readers.ts'
import { boundaryOption, geometryOptions, optionText, stridefold, typeNote } from './stridefold.ts'
import type { TranslatedArray, Translation } from './translation.ts'

export function ownCall(reading: Reading): Translation {
  const { geometry: g, convolution } = reading
  const { layer, bias } = convolution
  if (layer && (layer.isTransposed || !hasInputDilation(g))) return layerCall(g, layer, bias)
  const isPerChannel = g.batch > 1 && g.channels === 1 && g.filters === 1 && !hasInputDilation(g)
  if (isPerChannel && reading.inputShape.length === g.axes.length + 1) return channelCall(reading)
  const translation = stridefold.translate(g)
  if (bias === undefined) return translation
  const isFilter = /const y = (convolve|correlate)\(/.test(translation.code)
  return isFilter
    ? { ...translation, code: translation.code.replace(/ \}\)$/, `, bias: ${bias} })`) }
    : { ...translation, notes: [...translation.notes, biasNote(bias)] }
}

/** The note for code that leaves the bias out. */
export const biasNote = (bias: string): string => `A case has no bias: add ${bias} to y afterwards.`

const hasInputDilation = ({ axes }: ConvGeometry): boolean =>
  axes.some((axis) => axis.inputDilation > 1)

const biasOption = (bias: string | undefined): string[] =>
  bias === undefined ? [] : [bias === 'bias' ? 'bias' : `bias: ${bias}`]

/** One image whose last axis has the channels. */
function channelCall({ geometry: g, convolution, inputShape, kernelShape }: Reading): Translation {
  const call = g.flip ? 'convolve' : 'correlate'
  const outputs = [...g.axes.map(({ output }) => output), g.batch]
  const options = [
    ...geometryOptions(g),
    'channelAxis: -1',
    ...boundaryOption(g),
    ...biasOption(convolution.bias),
  ]
  return {
    code: codeOf(call, 'k', options),
    x: { shape: inputShape, axes: 'H W C' },
    k: { shape: kernelShape, axes: '' },
    y: { shape: outputs, axes: 'H W C' },
    notes: [typeNote(g)],
  }
}

function layerCall(g: ConvGeometry, layer: LayerCall, bias: string | undefined): Translation {
  const { transposed, isChannelsLast, weightLayout, inputShape, kernelShape, flippedAxes } = layer
  const rank = g.axes.length
  const call = transposed ? `convTranspose${rank}d` : `conv${rank}d`
  const standard = `${transposed ? 'IO' : 'OI'}${['W', 'HW', 'DHW'][rank - 1]}`
  const options = [
    ...(transposed
      ? [
          `padding: ${pairs(transposed.padding)}`,
          ...optionText('stride', transposed.stride),
          ...optionText('dilation', transposed.dilation),
          ...(transposed.outputPadding.every((extra) => extra === 0)
            ? []
            : [`outputPadding: ${oneOrAll(transposed.outputPadding)}`]),
        ]
      : geometryOptions(g)),
    ...(g.groups === 1 || weightLayout.endsWith('M') ? [] : [`groups: ${g.groups}`]),
    ...boundaryOption(g),
    ...(isChannelsLast ? ["layout: 'channels-last'"] : []),
    ...(isChannelsLast || weightLayout !== standard ? [`weightLayout: '${weightLayout}'`] : []),
    ...biasOption(bias),
  ]
  const weights = flippedAxes.length > 0 ? `flip(k, ${array(flippedAxes)})` : 'k'
  // A batch of one that the code leaves out.
  const input = inputShape.length === rank + 2 ? 'x' : `reshape(x, ${array([1, ...inputShape])})`
  const outputs = g.axes.map(({ output }) => output)
  const result = isChannelsLast
    ? [g.batch, ...outputs, g.filters]
    : [g.batch, g.filters, ...outputs]
  const names = ['W', 'H W', 'D H W'][rank - 1]!
  const axes = isChannelsLast ? `N ${names} C` : `N C ${names}`
  return {
    code: codeOf(call, weights, options, input),
    x: { shape: inputShape, axes: input === 'x' ? axes : axes.slice(2) },
    k: { shape: kernelShape, axes: [...weightLayout].join(' ') } satisfies TranslatedArray,
    y: { shape: result, axes },
    notes: [typeNote(g)],
  }
}

function codeOf(call: string, weights: string, options: readonly string[], input = 'x'): string {
  const views = ['flip', 'reshape'].filter((name) => `${input} ${weights}`.includes(`${name}(`))
  return [
    `import { ${[call, ...views].join(', ')} } from 'stridefold/sync'`,
    '',
    `const y = ${call}(${input}, ${weights}, { ${options.join(', ')} })`,
  ].join('\n')
}
