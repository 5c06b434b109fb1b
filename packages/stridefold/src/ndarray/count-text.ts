/** How many of a thing, as text: '1 group', '2 groups'. Give `several` for another plural. */
export const countText = (count: number, one: string, several: string = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`
