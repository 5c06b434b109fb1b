/**
 * Which border does another library mean by a name?
 *
 * The same name means different borders: SciPy's `reflect` is NumPy's `symmetric`. A name of
 * another library therefore needs that library before it: `'scipy:reflect'`,
 * `'opencv:REFLECT_101'`, `'torch:circular'`.
 */

export type BoundaryName = 'zero' | 'edge' | 'reflect' | 'symmetric' | 'wrap'

/**
 * The names of the borders, which are NumPy's: `'zero'`, `'edge'`, `'reflect'`, `'symmetric'` and
 * `'wrap'`. The sixth border, `{ constant: v }`, has no name. Use the list for menus and to check
 * input.
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

/** The libraries that may stand before the colon. */
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

type BorderNames = Readonly<Record<string, BoundaryName>>

const tensorflow: BorderNames = {
  constant: 'zero',
  zeros: 'zero',
  edge: 'edge',
  reflect: 'reflect',
  symmetric: 'symmetric',
}

/**
 * Library → its name for a border, in lower case → stridefold's name. Borders that take a value,
 * such as `constant`, have the default value 0.
 */
const namesOfLibraries: Readonly<Record<Library, BorderNames>> = {
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

export const libraries: readonly Library[] = Object.keys(namesOfLibraries) as Library[]

/** The border names of a library; undefined for a library that is not in the table. */
export function borderNamesOf(libraryName: string): BorderNames | undefined {
  const library = libraries.find((candidate) => candidate === libraryName)
  return library && namesOfLibraries[library]
}

/**
 * stridefold's name for `'library:name'`; undefined if the table has no such entry. Ignores letter
 * case and OpenCV's `BORDER_`.
 */
export function boundaryOfLibrary(prefixedName: string): BoundaryName | undefined {
  const [library = '', name = ''] = prefixedName.toLowerCase().split(':')
  const names = borderNamesOf(library)
  const key = library === 'opencv' ? name.replace(/^border_/, '') : name
  return names && Object.hasOwn(names, key) ? names[key] : undefined
}
