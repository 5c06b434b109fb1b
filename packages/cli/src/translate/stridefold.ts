/**
 * stridefold itself: `correlate` and `convolve` for one signal, image or volume, the layers for
 * channels, and `planCase` for cases without a call.
 */

import type { Boundary, ConvGeometry } from 'stridefold/sync'
import { channelsFirst, hasInputDilation, isPlain, plainArrays } from './arrays-and-borders.ts'
import { array, oneOrAll, pairs } from './javascript.ts'
import type { System, Translation } from './translation.ts'

function translate(g: ConvGeometry): Translation {
  const rank = g.axes.length
  const plain = isPlain(g) && !hasInputDilation(g)
  const layer = !plain && rank <= 3 && !g.flip && !hasInputDilation(g)
  const call = plain ? (g.flip ? 'convolve' : 'correlate') : `conv${rank}d`
  const notes = [typeNote(g)]
  if (!plain && !layer)
    return {
      code: [
        "import { planCase } from 'stridefold/sync'",
        '',
        `const plan = planCase('${g.key}')`,
        'const y = plan.runSync(x, k)',
        'plan.dispose()',
      ].join('\n'),
      ...channelsFirst(g),
      notes: ['No single call covers this case; its plan runs it.', ...notes],
    }
  const options = [
    ...geometryOptions(g),
    ...(g.groups === 1 ? [] : [`groups: ${g.groups}`]),
    ...boundaryOption(g),
  ]
  return {
    code: [
      `import { ${call} } from 'stridefold/sync'`,
      '',
      `const y = ${call}(x, k, { ${options.join(', ')} })`,
    ].join('\n'),
    ...(plain ? plainArrays(g) : channelsFirst(g)),
    notes,
  }
}

/** How the dtype of the case is chosen. */
export const typeNote = ({ dtype }: ConvGeometry): string =>
  dtype === 'float64'
    ? 'x and k are { data, shape } with a Float64Array: then the sums are computed in float64.'
    : 'x and k are { data, shape } with a Float32Array, or nested numbers.'

/** The options `padding`, `stride` and `dilation`. */
export const geometryOptions = ({ axes }: ConvGeometry): string[] => [
  `padding: ${pairs(axes.map(({ before, after }) => [before, after]))}`,
  ...optionText(
    'stride',
    axes.map(({ stride }) => stride),
  ),
  ...optionText(
    'dilation',
    axes.map(({ dilation }) => dilation),
  ),
]

/** The option `boundary`; none if all borders are zero. */
export const boundaryOption = ({ boundary }: ConvGeometry): string[] =>
  boundary.every((border) => border === 'zero')
    ? []
    : [`boundary: ${oneOrAll(boundary.map(borderText))}`]

/** An option with one number for all axes, or one per axis; none if all are 1. */
export const optionText = (name: string, values: readonly number[]): string[] =>
  values.every((value) => value === 1)
    ? []
    : [`${name}: ${values.every((value) => value === values[0]) ? values[0] : array(values)}`]

const borderText = (border: Boundary): string =>
  typeof border === 'object' ? `{ constant: ${border.constant} }` : `'${border}'`

export const stridefold: System = {
  name: 'stridefold',
  title: 'stridefold',
  language: 'javascript',
  translate,
}
