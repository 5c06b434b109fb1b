/**
 * Texts of the frame around the views: problem, settings, help, shortcuts, notices.
 */

export const frame = {
  title: 'stridefold lab',
  claim: 'One focus, every representation of a convolution at once.',
  choose: 'choose…',
  views: {
    slide: 'Slide',
    arithmetic: 'Arithmetic',
    flip: 'Flip',
    modes: 'Modes and sizes',
    smoothing: '1-D smoothing',
    im2col: 'im2col',
    memory: 'Memory and strides',
    toeplitz: 'Toeplitz',
  },
  about: {
    slide:
      'The window travels over the input; every place it stops at makes one cell of the output.',
    arithmetic: 'The sum of products behind the focus.',
    flip: 'Convolution turns the kernel by 180° before it slides, correlation does not.',
    modes:
      'How far the window may travel decides how large the output is: the same data under each mode.',
    smoothing:
      'A weighting, turned round, slides along a signal; the sum of the products is the smoothed signal.',
    im2col:
      'Every window flattened into a column; the kernel as a row times this matrix is the output.',
    memory:
      'The input as it lies in memory, a row for a cache line of 64 bytes, and any view over it by shape and strides.',
    toeplitz:
      'The kernel as a matrix: one row for each output, the same few weights along the diagonals.',
  },
  viewChoice: 'Views',
  problem: 'Problem',
  problemHint: 'input * kernel, then s stride, d dilation, p padding, g groups, a border, flip',
  apply: 'Apply',
  copyLink: 'Copy link',
  copied: 'Copied',
  languageName: 'Language',
  themeName: 'Theme',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  present: 'Present',
  help: 'Help',
  helpLines: {
    focus:
      'Point at any cell of any view: the same products light up in all the others. A click or Enter pins them; Escape lets go.',
    link: 'The address of the page holds everything you see: copy it, and somebody else sees the same.',
    edit: 'Numbers of input and kernel can be changed: double-click, F2 or a digit. The problem is a sentence, or numbers below it.',
    offline: 'Once opened, the page works without a network; nothing you enter leaves this device.',
  },
  shortcutsOn: 'Single keys do something (the lower part of the table)',
  key: 'Key',
  action: 'What it does',
  space: 'Space',
  gridKeys: {
    tab: 'to the next grid or button',
    arrows: 'walk through a grid',
    ends: 'to the ends of a row; with Ctrl to the ends of the grid',
    pages: 'ten rows; in a presentation one cell of the output',
    enter: 'pin the cell',
    escape: 'let go of the focus, then of the presentation',
    edit: 'change the number of a cell',
  },
  shortcutNames: {
    tapBack: 'tap back',
    tapOn: 'tap on',
    pixelBack: 'output cell back',
    pixelOn: 'output cell on',
    rowBack: 'output row back',
    rowOn: 'output row on',
    play: 'play and pause',
    flip: 'turn the kernel: convolution or correlation',
    present: 'present',
    help: 'this help',
  },
  toggleViews: (names: readonly string[]) => `open and close: ${names.join(', ')}`,
  workspace: 'Example',
  workspaces: {
    first: 'A first look',
    article1: 'Article 1: windows, im2col, memory',
    article2: 'Article 2: turning, modes, matrix',
    signal: 'A noisy signal, smoothed',
    layer: 'A layer with groups',
    everything: 'Everything at once',
  },
  byNumber: 'The problem in numbers',
  axis: 'Axis',
  axes: 'axes',
  axisNumbers: {
    input: 'input',
    kernel: 'kernel',
    stride: 'stride',
    dilation: 'dilation',
    before: 'padding before',
    after: 'padding after',
  },
  wholeNumbers: { batch: 'batch', channels: 'channels', filters: 'filters', groups: 'groups' },
  flipped: 'turn the kernel (convolution)',
  notDivided: (groups: number, channels: number, filters: number) =>
    `${groups} groups do not divide both ${channels} channels and ${filters} filters into equal parts.`,
  notWhole: 'Whole numbers are needed, from 1 on for all but padding.',
  noViews: 'No view is open. Choose one above.',
  linkErrors: 'Parts of this link could not be used; the usual stands in their place:',
  updateAvailable: 'A newer version of this page is here.',
  loadUpdate: 'Load it',
  close: 'Close',
}
