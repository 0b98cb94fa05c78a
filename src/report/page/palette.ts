/** Colours by what they are for. Words and signs say the same; text has a contrast of 4.5 at least in both schemes. */
export const PALETTES = {
  light: {
    paper: '#fdfdfc',
    raised: '#f4f4f1',
    ink: '#1c2024',
    muted: '#5a626b',
    grid: '#e3e3de',
    edge: '#c9c9c2',
    quiet: '#a9aeb4',
    good: '#17692f',
    warn: '#8a5200',
    bad: '#b02418',
    fair: '#dcebdd',
    fairer: '#bcd9bf',
    s0: '#0b5fa5',
    s1: '#b04a00',
    s2: '#00735a',
    s3: '#93417a',
    s4: '#6a5d00',
  },
  dark: {
    paper: '#131619',
    raised: '#1c2024',
    ink: '#e7e9eb',
    muted: '#a0a8b1',
    grid: '#2a2f35',
    edge: '#444b53',
    quiet: '#5d666f',
    good: '#62c97f',
    warn: '#e3ad48',
    bad: '#ff8577',
    fair: '#1d3324',
    fairer: '#294a33',
    s0: '#6cb4f2',
    s1: '#ff9d5e',
    s2: '#45cfa8',
    s3: '#f0a3d2',
    s4: '#d9cb58',
  },
} as const

export type Colour = keyof (typeof PALETTES)['light']

/** Series that colours tell apart, beside their labels. */
export const SERIES = ['s0', 's1', 's2', 's3', 's4'] as const
