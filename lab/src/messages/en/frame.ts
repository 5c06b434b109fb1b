/**
 * Texts of the frame around the views: problem, settings, help, shortcuts, notices.
 */

export const frame = {
  title: 'stridefold lab',
  claim: 'Select one product of a convolution, and see it in every representation.',
  skip: 'Skip to the views',
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
    slide: 'The window moves over the input. Each position computes one cell of the output.',
    arithmetic: 'The sum of products of the selected cell.',
    flip: 'Convolution flips the kernel (a rotation by 180° in 2-D). Correlation does not.',
    modes:
      'The mode decides how far the window moves, and so the size of the output. Every mode is shown for the same data.',
    smoothing:
      'A flipped weighting slides along a signal. The sums of the products are the smoothed signal.',
    im2col:
      'Each window is flattened into a column. The kernel as a row, multiplied by this matrix, is the output.',
    memory:
      'The input in memory, one row for each cache line of 64 bytes, and any view of it by shape and strides.',
    toeplitz:
      'The kernel as a matrix: one row for each output, and the same few weights along the diagonals.',
  },
  viewChoice: 'Views',
  problem: 'Problem',
  problemHint: 'input * kernel, then: s stride, d dilation, p padding, g groups, a border, flip',
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
      'Point at a cell in any view. Its products are highlighted in all views. A click or Enter pins it, Escape releases it.',
    link: 'The address of the page holds everything that you see. Copy it to share the page.',
    edit: 'To edit a number of the input or kernel, double-click it, or press F2 or a digit. Edit the problem as one line of text, or number by number below it.',
    offline: 'After the first visit the page works offline. Your data stays on this device.',
  },
  shortcutsOn: 'Enable single-key shortcuts (lower part of the table)',
  key: 'Key',
  action: 'Action',
  space: 'Space',
  gridKeys: {
    tab: 'next grid or button',
    arrows: 'move in a grid',
    ends: 'start or end of the row; with Ctrl, of the grid',
    pages: 'move by ten rows; in a presentation, by one output cell',
    enter: 'pin the cell',
    escape: 'release the focus, then end the presentation',
    edit: 'edit the number of a cell',
  },
  shortcutNames: {
    tapBack: 'previous tap',
    tapOn: 'next tap',
    pixelBack: 'previous output cell',
    pixelOn: 'next output cell',
    rowBack: 'previous output row',
    rowOn: 'next output row',
    play: 'play and pause',
    flip: 'flip the kernel: convolution or correlation',
    present: 'start or end the presentation',
    help: 'this help',
  },
  toggleViews: (names: readonly string[]): string => `open or close a view: ${names.join(', ')}`,
  workspace: 'Example',
  workspaces: {
    first: 'A first look',
    article1: 'Article 1: windows, im2col, memory',
    article2: 'Article 2: flip, modes, matrix',
    signal: 'A noisy signal, smoothed',
    layer: 'A layer with groups',
    everything: 'All views',
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
  flipped: 'flip the kernel (convolution)',
  notDivided: (groups: number, channels: number, filters: number): string =>
    `${groups} groups do not divide both ${channels} channels and ${filters} filters. ` +
    'Both counts must be multiples of the groups.',
  notWhole: 'Enter integers. All except padding must be at least 1.',
  computing: 'computing…',
  noViews: 'No view is open. Open one above.',
  linkErrors: 'Some settings in this link are not valid. Defaults are used for:',
  unlinked: (names: string, limit: number): string =>
    `The link does not hold these typed numbers: ${names}. A link holds at most ${limit} numbers of an array. They stay until the page is closed.`,
  updateAvailable: 'An update is available.',
  loadUpdate: 'Load the update',
  close: 'Close',
}
