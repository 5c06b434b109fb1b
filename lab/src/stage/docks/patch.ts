/**
 * Changes of nodes that stay: a docked view follows the window in a few milliseconds, because only
 * texts and attributes that differ are written.
 */

import { effect } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'

/** Draws after every rendering with other inputs, and again when a signal that it read changes. */
export function useFollowing(draw: () => void, inputs: readonly unknown[]): void {
  useLayoutEffect(() => effect(draw), [...inputs])
}

/** Sets an attribute, or removes it if the value is undefined. */
export function setAttribute(node: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (node.hasAttribute(name)) node.removeAttribute(name)
  } else if (node.getAttribute(name) !== value) node.setAttribute(name, value)
}

export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

export function setClass(node: HTMLElement, name: string): void {
  if (node.className !== name) node.className = name
}

/** Sets a property of the style, which may be a custom one. */
export function setStyle(node: HTMLElement | SVGElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value)
}
