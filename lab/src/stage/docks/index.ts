/**
 * The views that can stand beside the picture. Each is loaded when it is opened.
 */

import type { ComponentType } from 'preact'
import type { DockName } from '../../state/state.ts'

/** A docked view: its figure and its caption. It reads the signals of the stage. */
export interface DockModule {
  readonly default: ComponentType
}

export const docks: Readonly<Record<DockName, () => Promise<DockModule>>> = {
  matrix: () => import('./matrix.tsx'),
  sparse: () => import('./sparse.tsx'),
  memory: () => import('./memory.tsx'),
  signal: () => import('./signal.tsx'),
  sizes: () => import('./sizes.tsx'),
  flip: () => import('./flip.tsx'),
  sum: () => import('./sum.tsx'),
}
