/** `npm run bench [-- names]`: each benchmark measures its peer in the same run and prints what it found. */
import { coldStart } from './coldStart.ts'
import { forecast } from './forecast.ts'
import { initialCycle } from './initialCycle.ts'
import { newTenant } from './newTenant.ts'
import { rollout } from './rollout.ts'
import { sandboxScale } from './sandboxScale.ts'
import { scimFuzz } from './scim/fuzz.ts'
import { scim, scimMillion } from './scim/main.ts'
import { status } from './status.ts'
import { unchangedUp } from './unchangedUp.ts'

const benches = {
  coldStart,
  unchangedUp,
  newTenant,
  initialCycle,
  sandboxScale,
  status,
  rollout,
  forecast,
  scim,
  scimMillion,
  scimFuzz,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(', ')}: use ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue
  console.log(`\n${name}`)
  for (const line of await bench()) console.log(`  ${line}`)
}
process.exit()
