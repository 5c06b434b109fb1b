/** Writes to nodes that stay, only where something changed. */

export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export function setClass(node: HTMLElement, name: string): void {
  if (node.className !== name) node.className = name
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

/** A property of the style: a variable such as `--grey`, or a length. */
export function setVariable(node: HTMLElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value)
}
