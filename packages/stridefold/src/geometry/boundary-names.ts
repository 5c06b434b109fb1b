/**
 * Which of our border rules does a library mean by its word? The same word means different things
 * (SciPy's `reflect` is NumPy's `symmetric`), so a foreign word is taken with its library in front
 * only: `'scipy:reflect'`, `'opencv:REFLECT_101'`, `'torch:circular'`.
 */

export type BoundaryName = 'zero' | 'edge' | 'reflect' | 'symmetric' | 'wrap'

/**
 * The names of the border rules, in NumPy's words: `'zero'`, `'edge'`, `'reflect'`, `'symmetric'`,
 * `'wrap'`. The sixth rule is `{ constant: v }`. Use the list for menus and for checking input.
 *
 * @example
 * boundaryNames.includes('reflect') // true
 */
export const boundaryNames: readonly BoundaryName[] = [
  'zero',
  'edge',
  'reflect',
  'symmetric',
  'wrap',
]

/** Whose words may stand before the colon. */
export type Library =
  | 'scipy'
  | 'numpy'
  | 'opencv'
  | 'torch'
  | 'tf'
  | 'tfjs'
  | 'webnn'
  | 'onnx'
  | 'matlab'
  | 'julia'
  | 'svg'

type Words = Readonly<Record<string, BoundaryName>>

const tensorflow: Words = {
  constant: 'zero',
  zeros: 'zero',
  edge: 'edge',
  reflect: 'reflect',
  symmetric: 'symmetric',
}

/**
 * Prefix → the library's word in small letters → ours. Rules that take a value (`constant`) mean
 * their default, 0.
 */
const foreignWords: Readonly<Record<Library, Words>> = {
  scipy: {
    constant: 'zero',
    'grid-constant': 'zero',
    nearest: 'edge',
    reflect: 'symmetric',
    'grid-mirror': 'symmetric',
    mirror: 'reflect',
    wrap: 'wrap',
    'grid-wrap': 'wrap',
    fill: 'zero',
    symm: 'symmetric',
  },
  numpy: {
    constant: 'zero',
    edge: 'edge',
    reflect: 'reflect',
    symmetric: 'symmetric',
    wrap: 'wrap',
  },
  opencv: {
    constant: 'zero',
    replicate: 'edge',
    reflect: 'symmetric',
    reflect_101: 'reflect',
    reflect101: 'reflect',
    default: 'reflect',
    wrap: 'wrap',
  },
  torch: {
    zeros: 'zero',
    constant: 'zero',
    replicate: 'edge',
    reflect: 'reflect',
    circular: 'wrap',
  },
  tf: tensorflow,
  tfjs: tensorflow,
  webnn: { constant: 'zero', edge: 'edge', reflection: 'reflect', symmetric: 'symmetric' },
  onnx: { constant: 'zero', edge: 'edge', reflect: 'reflect', wrap: 'wrap' },
  matlab: { replicate: 'edge', symmetric: 'symmetric', circular: 'wrap' },
  julia: {
    fill: 'zero',
    replicate: 'edge',
    reflect: 'reflect',
    symmetric: 'symmetric',
    circular: 'wrap',
  },
  svg: { none: 'zero', duplicate: 'edge', wrap: 'wrap' },
}

export const libraries: readonly Library[] = Object.keys(foreignWords) as Library[]

/** The words of a library; undefined where it is none of those. */
export function wordsOf(name: string): Words | undefined {
  const library = libraries.find((known) => known === name)
  return library && foreignWords[library]
}

/** Our name for `'library:word'`; letter case and OpenCV's `BORDER_` do not matter. */
export function foreignBoundary(name: string): BoundaryName | undefined {
  const [library = '', word = ''] = name.toLowerCase().split(':')
  const words = wordsOf(library)
  const bare = library === 'opencv' ? word.replace(/^border_/, '') : word
  return words && Object.hasOwn(words, bare) ? words[bare] : undefined
}
