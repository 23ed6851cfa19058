export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --muted: light-dark(#5c6370, #a3aab5) }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; margin-bottom: 0 } h2 { font-size: 1.2rem; margin-top: 2.5rem } h3 { font-size: 1rem }
p.muted, .muted { color: var(--muted) }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600 } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
code { font-size: .9em; overflow-wrap: anywhere }
.state { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .9em }
.Active, .Succeeded, .success { color: light-dark(#0b6a2b, #63d68c) }
.Quarantine, .Failed, .failure { color: light-dark(#a4161a, #ff8a8a) }
`
