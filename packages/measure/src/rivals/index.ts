/**
 * Other libraries, under one interface. Apart from the rest of the package, because only few
 * commands need them.
 */

export { type OnnxNode, type OnnxTensor, onnxModel } from './onnx-model.ts'
export { openRival, type RivalName, rivalPackages } from './open.ts'
export { floats, type ReadyRival, type Rival, type RivalPlace, threadsText } from './rival.ts'
