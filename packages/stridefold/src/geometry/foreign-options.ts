/**
 * What is an option of another library called here? For messages about options that a call lacks.
 * The names are those of PyTorch, TensorFlow, Keras, ONNX, SciPy, OpenCV, sharp and ImageMagick, in
 * lower case and without underscores.
 */

const border = (name: string): readonly [string, string] => [name, "boundary, such as 'edge'"]
const constant = (name: string): readonly [string, string] => [
  name,
  'boundary: { constant: v }, with this value as v',
]

const meanings: readonly (readonly [name: string, meaning: string])[] = [
  ...['border', 'bordertype', 'bordermode', 'paddingmode', 'padmode', 'edgemode'].map(border),
  ...['extend', 'virtualpixel'].map(border),
  ...['cval', 'fillvalue', 'constantvalue', 'constantvalues', 'bordervalue'].map(constant),
  ['dataformat', "layout, such as 'channels-last'"],
  ['dataformat', 'channelAxis, such as -1'],
  ['axis', 'channelAxis, such as -1'],
  ['channelsfirst', "layout: 'channels-first'"],
  ['channelslast', "layout: 'channels-last'"],
  ['kernellayout', "weightLayout, such as 'HWIO'"],
  ['filterformat', "weightLayout, such as 'HWIO'"],
  ['method', "algorithm, such as 'fft'"],
  ['dilationrate', 'dilation'],
  ['rate', 'dilation'],
  ['pads', 'padding'],
  ['origin', 'padding, such as [[before, after], …]'],
  ['anchor', 'padding, such as [[before, after], …]'],
  ['group', 'groups'],
  ['autopad', "padding: 'same' or 'valid'"],
  ['ddepth', 'dtype'],
  ['numthreads', 'threads'],
]

/** What to write here instead; undefined for a name that no other library has, or not here. */
export function foreignOption(name: string, names: readonly string[]): string | undefined {
  const plain = name.toLowerCase().replaceAll('_', '')
  const isHere = (meaning: string): boolean => names.includes(/^\w+/.exec(meaning)![0])
  return meanings.find(([foreign, meaning]) => foreign === plain && isHere(meaning))?.[1]
}
