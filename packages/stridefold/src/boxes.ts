/**
 * The entry point 'stridefold/boxes': computes boxes of a convolution whose arrays lie elsewhere,
 * in files larger than memory or on other machines. Each box has the bits of the whole.
 */

import './backend-memory.ts'

export type { BoxesPlan, BoxRunOptions } from './boxes/box-plan.ts'
export { type BoxOptions, planBoxes } from './boxes/plan-boxes.ts'
export type { Range } from './planner/boxes.ts'
