/**
 * Which parts of the page are open. They are not in the link.
 */

import { type Signal, signal } from '@preact/signals'

/** Whether the problem of the workspace shows its notation and its form. */
export const isProblemOpen: Signal<boolean> = signal(false)
