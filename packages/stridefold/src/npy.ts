/**
 * The entry point 'stridefold/npy': reads and writes arrays as files of NumPy. It takes and returns
 * bytes and opens no files, so it works in Node and in browsers.
 */

export { type NpyHeader, readNpyHeader } from './npy/header.ts'
export { type ReadNpyOptions, readNpy } from './npy/read.ts'
export { type WriteNpyOptions, writeNpy } from './npy/write.ts'
