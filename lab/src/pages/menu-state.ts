/** Whether the menu "More" is open. It is not part of the link. */

import { type Signal, signal } from '@preact/signals'

export const isMenuOpen: Signal<boolean> = signal(false)
