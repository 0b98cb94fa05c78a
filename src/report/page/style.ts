import { type Colour, PALETTES, SERIES } from './palette.js'

const variables = (palette: Readonly<Record<Colour, string>>): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('')

const LAYOUT = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
header{padding-top:clamp(1.25rem,4vw,2.75rem)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem}
.command{margin:0;font:600 .8125rem/1.4 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;color:var(--muted);letter-spacing:.01em}
h1{margin:.15rem 0 .35rem;font-size:clamp(1.5rem,1.1rem + 1.8vw,2.25rem);line-height:1.15;letter-spacing:-.015em;font-weight:680}
h2{margin:0 0 .75rem;font-size:1.1875rem;line-height:1.3;letter-spacing:-.005em;font-weight:650}
h3{margin:1.5rem 0 .5rem;font-size:1rem;font-weight:650}
.facts{margin:0;color:var(--muted);max-width:95ch}
.between{color:var(--muted)}
section{margin-top:clamp(2rem,5vw,3rem);padding-top:1.1rem;border-top:1px solid var(--edge)}
section.answer{margin-top:1.5rem;padding:clamp(1rem,3vw,1.5rem);border:1px solid var(--edge);border-left:.4rem solid var(--muted);border-radius:.4rem;background:var(--raised)}
section.answer.good{border-left-color:var(--good)}section.answer.warn{border-left-color:var(--warn)}section.answer.bad{border-left-color:var(--bad)}
.word{margin:0;font-size:clamp(1.35rem,1.1rem + 1vw,1.75rem);line-height:1.2;font-weight:680;letter-spacing:-.01em}
.because{margin:.25rem 0 0;max-width:72ch}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
section.answer.good,section.answer.warn,section.answer.bad{color:var(--ink)}
.sign{display:inline-block;width:1.15em;font-weight:700}
.verdict{font-weight:650}
.verdicts,.headlines{display:grid;gap:.9rem 1.5rem;margin:1.1rem 0 0;grid-template-columns:repeat(auto-fill,minmax(min(8.5rem,45%),1fr))}
.verdicts{padding-top:1rem;border-top:1px solid var(--edge)}
.verdicts dt,.headlines dt{color:var(--muted);font-size:.8125rem;line-height:1.3}
.verdicts dd,.headlines dd{margin:0}
.headlines dd{font-size:1.375rem;line-height:1.25;font-weight:620;letter-spacing:-.01em;white-space:nowrap}
.headlines .note{display:block;font-size:.8125rem;font-weight:400;letter-spacing:0;color:var(--muted);white-space:normal}
.lines{margin:.75rem 0;display:grid;gap:.55rem}
.lines>div{display:grid;grid-template-columns:minmax(9.5rem,15rem) 1fr;gap:0 1.25rem}
.lines dt{color:var(--muted)}
.lines dd{margin:0;max-width:80ch}
.charts{display:grid;gap:1.75rem 2rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));margin:.5rem 0 1.25rem}
.beside{display:grid;gap:1rem 2.5rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr));align-items:start}@media (min-width:75rem){.beside{grid-template-columns:5fr 6fr}}.beside>div{min-width:0}.beside .scroll{margin-top:.25rem}
figure{margin:0;max-width:34rem;break-inside:avoid}
figcaption{color:var(--muted);font-size:.875rem;line-height:1.4;margin-top:.35rem}
p.note{color:var(--muted);max-width:72ch}
.scroll{overflow-x:auto;margin:1rem 0;max-width:100%}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--s0);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;line-height:1.35}
caption{text-align:left;color:var(--muted);padding-bottom:.35rem;white-space:nowrap}
th,td{padding:.28rem .8rem .28rem 0;text-align:right;white-space:nowrap;vertical-align:top;font-weight:400;border-bottom:1px solid var(--grid)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);border-bottom-color:var(--edge);vertical-align:bottom}
.words,.long{text-align:left}.long{white-space:normal;min-width:14rem;max-width:44rem}
details{margin:1rem 0}summary{cursor:pointer;color:var(--muted);font-size:.875rem}
code{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
article{margin-top:3.5rem}article>section:first-of-type{margin-top:1.25rem}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2.5rem;color:var(--muted);font-size:.875rem}
#tip{position:absolute;z-index:2;pointer-events:none;max-width:18rem;padding:.35rem .6rem;border-radius:.3rem;background:var(--ink);color:var(--paper);font-size:.8125rem;line-height:1.4;white-space:pre-line}
@media (max-width:40rem){.lines>div{grid-template-columns:1fr}.lines{gap:.8rem}body{font-size:15px}}
`

const CHARTS = `
svg{display:block;width:100%;height:auto;overflow:visible;fill:var(--ink);font-size:11px}
svg text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
svg .tick,svg .axis{fill:var(--muted)}
@media (max-width:40rem){svg{font-size:12.5px}}
svg .grid{stroke:var(--grid);stroke-width:1;fill:none}
svg .base{stroke:var(--edge);stroke-width:1;fill:none}
svg .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;stroke:var(--ink)}
svg .line.quiet{stroke:var(--quiet);stroke-width:1;opacity:.7}
svg .line.dashed{stroke-dasharray:5 4}
svg .stem{stroke-width:1.5;stroke:var(--muted)}
svg .rule{fill:none;stroke:var(--muted);stroke-width:1}
svg .rule.limit{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 3}
svg .rule.limit.bad{stroke:var(--bad)}svg .rule.limit.good{stroke:var(--good)}
svg .rule.mark{stroke-dasharray:2 3;stroke:var(--ink)}
svg .rule.mean{stroke:var(--ink)}
svg .band.fair{fill:var(--fair)}svg .band.fairer{fill:var(--fairer)}
svg .dot{stroke:var(--paper);stroke-width:1.5;fill:var(--ink)}
svg .dot.quiet{fill:var(--muted)}svg .dot.bad{fill:var(--bad)}svg .dot.hollow{fill:var(--paper);stroke:var(--ink)}
svg .stem.bad{stroke:var(--bad)}
svg .bar{fill:var(--s0)}svg .bar.bad{fill:var(--bad)}svg .bar.quiet{fill:var(--quiet)}
svg .slice{fill:transparent}svg .slice:hover{fill:var(--ink);fill-opacity:.06}
svg text.good{fill:var(--good)}svg text.bad{fill:var(--bad)}svg text.warn{fill:var(--warn)}svg text.quiet{fill:var(--muted)}
svg text.strong{font-weight:650}
.key{font-weight:700}.key.stays{color:var(--s2)}.key.moves{color:var(--s1)}.key.orphan{color:var(--s3)}
.marks{margin:.5rem 0;padding-left:1.5rem;font-size:.875rem;color:var(--muted)}
svg .cell{stroke:var(--paper);stroke-width:1}
svg .cell.none{fill:var(--raised)}svg .cell.stays{fill:var(--s2)}svg .cell.moves{fill:var(--s1)}svg .cell.orphan{fill:var(--s3)}
`

const SERIES_COLOURS = SERIES.map(
  (name) =>
    `svg .line.${name},svg .stem.${name}{stroke:var(--${name})}svg .dot.${name},svg .bar.${name},svg text.${name}{fill:var(--${name})}`,
).join('\n')

const PRINT = `@media print{:root{${variables(PALETTES.light)}}html{color-scheme:light}body{font-size:10.5pt}header,main,footer{max-width:none;padding:0}
section{break-inside:auto}h2,h3,summary{break-after:avoid}section.answer,tr{break-inside:avoid}.scroll{overflow:visible}table{font-size:8pt}th,td{padding-right:.45rem}
details::details-content{content-visibility:visible;display:block;height:auto}#tip,.skip{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`

/** The looks of a page: two schemes, any width, paper. */
export const STYLE = [
  `:root{${variables(PALETTES.light)}}`,
  `@media (prefers-color-scheme:dark){:root{${variables(PALETTES.dark)}}}`,
  LAYOUT,
  CHARTS,
  SERIES_COLOURS,
  PRINT,
]
  .join('\n')
  .replaceAll(/\n+/g, '\n')
