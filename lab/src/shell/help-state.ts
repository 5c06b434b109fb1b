/**
 * Whether the help is open. This is a file of its own because the shortcuts open the help, and the
 * help lists the shortcuts.
 */

import { type Signal, signal } from '@preact/signals'

export const isHelpOpen: Signal<boolean> = signal(false)
