/**
 * The entry point '@stridefold/cli/translate': calls of eleven systems, written and read. It opens
 * no files, so it works in browsers too. The lab uses it.
 */

export type { SystemName } from './names.ts'
export { biasNote } from './own-call.ts'
export { page } from './page.ts'
export { type Reading, readCode, type Shapes } from './read/readers.ts'
export { systems } from './systems.ts'
export type { System, TranslatedArray, Translation } from './translation.ts'
