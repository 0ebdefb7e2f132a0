/** The looks of the page: light and dark, on paper, and as narrow as a phone. */
import { html, type Markup } from './markup.ts';

export const style: Markup = html`<style>
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1a1f27; --dim: #5b6573; --line: #dfe3e8; --code: #eef1f4;
  --good: #1f7a4d; --warn: #8a5a00; --bad: #b3261e; --idle: #5b6573;
  --connected: #23834f; --moving: #e0a52e; --disconnected: #9aa4b2; --failed: #c8362d; --outage: #c8362d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151a; --card: #1b2027; --ink: #e6e9ee; --dim: #9aa5b3; --line: #313945; --code: #262d37;
    --good: #5fcf97; --warn: #e5b454; --bad: #ff8a80; --idle: #9aa5b3;
    --connected: #26784e; --moving: #c8922a; --disconnected: #8793a3; --failed: #c0443c; --outage: #ff6f64;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 2rem 1rem 3rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 60rem; margin: 0 auto; display: grid; gap: 1rem; }
main > * { min-width: 0; }
header, section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.3rem; }
header { border-top: .3rem solid var(--tone); }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 .6rem; }
p { margin: .35rem 0 0; }
.kicker { color: var(--dim); font-size: .85rem; margin: 0 0 .3rem; }
.badge {
  display: inline-block; padding: .05rem .6rem; margin-right: .5rem; border-radius: 1rem; border: 1px solid var(--tone);
  color: var(--tone); font-size: .9rem; font-weight: 600; vertical-align: .12em; white-space: nowrap;
}
.good { --tone: var(--good); } .warn { --tone: var(--warn); } .bad { --tone: var(--bad); } .idle { --tone: var(--idle); }
.tone { color: var(--tone); font-weight: 600; white-space: nowrap; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .7rem 1.5rem; margin: 1.1rem 0 0; }
.facts div { min-width: 0; }
dt { color: var(--dim); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.reason { border-left: .25rem solid var(--tone); }
.reason dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0; }
.reason dt { font-size: inherit; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--dim); font-size: .8rem; padding: 0 .8rem .3rem 0; }
td { border-top: 1px solid var(--line); padding: .4rem .8rem .4rem 0; vertical-align: top; overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
.time, .length, .name { white-space: nowrap; }
td.time:first-child { width: 9rem; }
.dim { color: var(--dim); }
code { font: .88em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { margin: .5rem 0 0; padding: .6rem .8rem; background: var(--code); border-radius: .4rem; white-space: pre-wrap; }
ul { margin: .2rem 0 0; padding-left: 1.1rem; color: var(--dim); font-size: .9em; }
.chart { position: relative; margin: .9rem 0 1.1rem; }
.chart > div { position: relative; }
.track { height: 2.2rem; border-radius: .35rem; overflow: hidden; background: var(--code); }
.track span {
  position: absolute; top: 0; bottom: 0; min-width: 2px; overflow: hidden; white-space: nowrap;
  font-size: .72rem; line-height: 2.2rem; padding-left: .45rem; border-left: 1px solid var(--card);
}
.track span:first-child { border-left: 0; }
.CONNECTED { background: var(--connected); color: #fff; }
.DISCONNECTED { background: var(--disconnected); color: #14181e; }
.FAILED { background: var(--failed); color: #fff; }
.CONNECTING, .DISCONNECTING {
  background: repeating-linear-gradient(-45deg, var(--moving) 0 6px, color-mix(in srgb, var(--moving) 86%, #000) 6px 12px); color: #14181e;
}
.offline { height: .8rem; margin-bottom: .3rem; }
.offline span {
  position: absolute; top: .3rem; bottom: 0; min-width: 3px; border: 2px solid var(--outage); border-bottom: 0;
  border-radius: .25rem .25rem 0 0;
}
.offline span.open { border-right: 0; border-top-right-radius: 0; }
.marks { height: 1.6rem; }
.marks i {
  position: absolute; top: .25rem; width: 1.25rem; height: 1.25rem; margin-left: -.625rem; border-radius: 50%;
  background: var(--ink); color: var(--card); font: 600 .7rem/1.25rem system-ui, sans-serif; text-align: center;
}
.number b {
  display: inline-block; width: 1.25rem; height: 1.25rem; border-radius: 50%; background: var(--ink); color: var(--card);
  font: 600 .7rem/1.25rem system-ui, sans-serif; text-align: center;
}
.axis { display: flex; justify-content: space-between; color: var(--dim); font-size: .78rem; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .5rem; vertical-align: -.05rem; }
.alarm { color: var(--outage); font-weight: 600; }
footer { color: var(--dim); font-size: .82rem; padding: 0 .3rem; }
@media (max-width: 40rem) {
  body { padding: .6rem .5rem 2rem; }
  header, section { padding: .9rem; }
  .track span { color: transparent; padding: 0; }
  td { padding-right: .5rem; }
  .stack thead { display: none; }
  .stack tr { display: block; border-top: 1px solid var(--line); padding: .5rem 0; }
  .stack td { display: block; border: 0; padding: .05rem 0; }
  .stack td.number, .stack td.name { display: inline-block; padding-right: .5rem; }
  .state { font-size: .85em; }
  .length { white-space: normal; }
  .state code { display: block; }
  .facts div:first-child { grid-column: 1 / -1; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
  .marks i { width: .95rem; height: .95rem; margin-left: -.475rem; font-size: .6rem; line-height: .95rem; }
  .stack td[data-label]::before { content: attr(data-label) " "; color: var(--dim); font-size: .8rem; }
  .stack td:empty { display: none; }
  .reason dl { grid-template-columns: 1fr; gap: 0; }
  .reason dd { margin-bottom: .5rem; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --dim: #444; --line: #bbb; --code: #f2f2f2; }
  body { padding: 0; font-size: 10.5pt; }
  main { max-width: none; gap: .6rem; }
  header, section { border-radius: 0; padding: .6rem 0; border-width: 0 0 1px; }
  header { border-top: .2rem solid var(--tone); }
  .reason { border-left-width: .2rem; padding-left: .8rem; }
  tr, .chart, .reason { break-inside: avoid; }
  h2, .alarm { break-after: avoid; }
  thead { display: table-header-group; }
  .track, .track span, .marks i, .number b, .swatch { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
</style>`;
