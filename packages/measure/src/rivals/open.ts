/**
 * The other libraries, by name, and how each is opened: from npm packages that are installed in
 * some folder, or from a Python that has the library.
 */

import { sharp, wasmVips } from './images.ts'
import { jaxJs } from './jax-js.ts'
import { onnxNative, onnxWeb } from './onnx.ts'
import { opencvJs } from './opencv-js.ts'
import { pffft } from './pffft.ts'
import { type PythonLibrary, pythonRival } from './python.ts'
import type { Rival, RivalPlace } from './rival.ts'
import { tfjsWasm } from './tfjs-wasm.ts'

interface RivalSource {
  /** Its npm packages; none for libraries of Python. */
  readonly packages: readonly string[]
  readonly open: (place: RivalPlace) => Rival | Promise<Rival>
}

const inPython = (library: PythonLibrary): RivalSource => ({
  packages: [],
  open: (place) => pythonRival(library, place),
})

/** The libraries that can be opened. */
export type RivalName =
  | 'tfjs-wasm'
  | 'onnx-web'
  | 'onnx-native'
  | 'opencv-js'
  | 'jax-js'
  | 'sharp'
  | 'wasm-vips'
  | 'pffft'
  | PythonLibrary

const sources: Readonly<Record<RivalName, RivalSource>> = {
  'tfjs-wasm': {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
    open: tfjsWasm,
  },
  'onnx-web': { packages: ['onnxruntime-web'], open: onnxWeb },
  'onnx-native': { packages: ['onnxruntime-node'], open: onnxNative },
  'opencv-js': { packages: ['@techstark/opencv-js'], open: opencvJs },
  'jax-js': { packages: ['@jax-js/jax'], open: jaxJs },
  sharp: { packages: ['sharp'], open: sharp },
  'wasm-vips': { packages: ['wasm-vips'], open: wasmVips },
  pffft: { packages: ['@echogarden/pffft-wasm'], open: pffft },
  pytorch: inPython('pytorch'),
  scipy: inPython('scipy'),
  /** signal.correlate2d alone, where `scipy` takes the fastest of its functions. */
  'scipy-direct': inPython('scipy-direct'),
  opencv: inPython('opencv'),
  /** The functions of article 1, with NumPy. */
  'numpy-loops': inPython('numpy-loops'),
  'numpy-im2col': inPython('numpy-im2col'),
  'numpy-strides': inPython('numpy-strides'),
}

/** The npm packages of a rival. */
export const rivalPackages = (name: RivalName): readonly string[] => sources[name].packages

/** Opens a rival. Throws an `Error` with the reason if it is not available. */
export const openRival = async (name: RivalName, place: RivalPlace): Promise<Rival> =>
  sources[name].open(place)
