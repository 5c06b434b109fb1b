/**
 * Keeps the keyboard focus when its element vanishes or is disabled: a button that removes itself,
 * a field that is drawn anew, a view that is closed. The browser would move the focus to the start
 * of the page.
 *
 * The focus goes to the same control if it was drawn anew, else to the next control in what is left
 * around it.
 */

/** The element that has the focus, with its ancestors from the inside out. */
interface Focused {
  readonly element: HTMLElement
  readonly ancestors: readonly HTMLElement[]
}

const focusable =
  ':is(a[href], button, input, select, textarea, summary, [tabindex]):not([tabindex="-1"], :disabled)'

/** Watches the focus in the page. Returns the function that stops it. */
export function keepFocus(root: HTMLElement): () => void {
  let focused: Focused | undefined
  let isPointer = false
  const onFocus = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLElement)
      focused = { element: target, ancestors: ancestorsOf(target, root) }
  }
  // A press beside all controls takes the focus away. Then there is nothing to keep.
  const onPress = (): void => {
    isPointer = true
    focused = undefined
  }
  const onKey = (): void => {
    isPointer = false
  }
  const observer = new MutationObserver(() => {
    if (!focused || hasFocus(focused.element)) return
    const { activeElement } = document
    if (activeElement && activeElement !== document.body && activeElement !== focused.element)
      return
    if (focused.element.isConnected && !focused.element.matches(':disabled')) return
    // The page does not scroll under a pointer.
    successorOf(focused)?.focus({ preventScroll: isPointer })
  })
  root.addEventListener('focusin', onFocus)
  addEventListener('pointerdown', onPress, true)
  addEventListener('keydown', onKey, true)
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  return () => {
    root.removeEventListener('focusin', onFocus)
    removeEventListener('pointerdown', onPress, true)
    removeEventListener('keydown', onKey, true)
    observer.disconnect()
  }
}

const hasFocus = (element: HTMLElement): boolean =>
  element === document.activeElement && !element.matches(':disabled')

function ancestorsOf(element: HTMLElement, root: HTMLElement): readonly HTMLElement[] {
  const ancestors: HTMLElement[] = []
  for (
    let above = element.parentElement;
    above;
    above = above === root ? null : above.parentElement
  )
    ancestors.push(above)
  return ancestors
}

function successorOf({ element, ancestors }: Focused): HTMLElement | undefined {
  const around = ancestors.filter((ancestor) => ancestor.isConnected)
  const [nearest] = around
  if (!nearest) return undefined
  const same = sameControl(element, nearest)
  if (same) return same
  const from = element.isConnected ? element : nearest
  for (const ancestor of around) {
    if (ancestor.matches(focusable)) return ancestor
    const controls = controlsIn(ancestor)
    const isAfter = (control: HTMLElement): boolean =>
      (from.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
    const next = controls.find(isAfter) ?? controls.at(-1)
    if (next) return next
  }
  return undefined
}

/** The control with the same tag and name, if the old one was replaced. */
function sameControl(element: HTMLElement, within: HTMLElement): HTMLElement | undefined {
  const name = nameOf(element)
  return name === ''
    ? undefined
    : controlsIn(within).find(
        (control) => control.tagName === element.tagName && nameOf(control) === name,
      )
}

const nameOf = (element: HTMLElement): string => element.id || (element.getAttribute('name') ?? '')

const controlsIn = (ancestor: HTMLElement): readonly HTMLElement[] =>
  [...ancestor.querySelectorAll<HTMLElement>(focusable)].filter(
    (control) => control.getClientRects().length > 0,
  )
