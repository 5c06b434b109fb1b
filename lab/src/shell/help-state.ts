/**
 * Whether the help is open. The shortcuts open it, and the help lists the shortcuts.
 */

import { type Signal, signal } from '@preact/signals'

export const isHelpOpen: Signal<boolean> = signal(false)
