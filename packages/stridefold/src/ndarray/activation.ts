/**
 * Activations: which there are, and their definition for one number.
 */

import { hyperbolicTangent, sigmoid } from './elementary.ts'

export type EpilogueActivation =
  | { readonly kind: 'clamp'; readonly min: number; readonly max: number }
  | { readonly kind: 'leaky'; readonly slope: number }
  | { readonly kind: 'sigmoid' }
  | { readonly kind: 'tanh' }

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
