/**
 * Does a key event type a character, or is it a combination that belongs to the browser?
 *
 * Many layouts have no key for [ ] { }. A German keyboard types them with AltGr, a Mac with Option.
 * Systems report this in different ways: AltGr alone, Ctrl and Alt together (Windows), or Alt
 * (Mac). With one of these modifiers only punctuation counts, so that Ctrl+Alt+F stays free.
 */

type Typed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'isComposing' | 'getModifierState'
>

/** The character that the event types; undefined if it types none. */
export function typedCharacter(event: Typed): string | undefined {
  const { key, ctrlKey, altKey, metaKey, isComposing } = event
  if ([...key].length !== 1 || metaKey || isComposing) return undefined
  if (!ctrlKey && !altKey && !event.getModifierState('AltGraph')) return key
  const isThirdLevel = ctrlKey === altKey || (altKey && isMac())
  return isThirdLevel && punctuation.test(key) ? key : undefined
}

const punctuation = /^[^\p{L}\p{N}\s]$/u
const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform)
