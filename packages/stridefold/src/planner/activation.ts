/**
 * Activations by their definition, for one number. Used for results that are completed after a
 * program, and by `verify`.
 */

import { hyperbolicTangent, sigmoid } from '../ndarray/elementary.ts'
import type { EpilogueActivation } from '../program/steps.ts'

/** Returns the activation of `value`; without an activation `value` itself. */
export function applyActivation(value: number, activation: EpilogueActivation | undefined): number {
  switch (activation?.kind) {
    case undefined:
      return value
    case 'clamp':
      return Math.min(Math.max(value, activation.min), activation.max)
    case 'leaky':
      return value < 0 ? value * activation.slope : value
    case 'sigmoid':
      return sigmoid(value)
    case 'tanh':
      return hyperbolicTangent(value)
  }
}
