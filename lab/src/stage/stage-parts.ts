/**
 * Which parts of the first screen are open. They are not in the link.
 */

import { type Signal, signal } from '@preact/signals'

/** Whether the drawer with the sizes takes the place of the strip. */
export const isDrawerOpen: Signal<boolean> = signal(false)
