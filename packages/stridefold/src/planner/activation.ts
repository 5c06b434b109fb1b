/**
 * Activations by their definition, one number at a time: for results that are finished outside of a
 * program, and for comparing with.
 */

import { hyperbolicTangent, sigmoid } from '../ndarray/elementary.ts'
import type { EpilogueActivation } from '../program/steps.ts'

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
