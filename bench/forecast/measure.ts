/** `measure.ts`: a forecast for the sandbox and the target that the environment names; prints one line of JSON. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forecastStack } from '../../cli/forecast/forecast.ts'
import { scimReader } from '../../cli/forecast/read/scim.ts'
import { renderHtml } from '../../cli/forecast/render/html.ts'
import { renderJson } from '../../cli/forecast/render/json.ts'
import { createGraph, graphSettings } from '../../provider/graph/client.ts'
import { time } from '../measure.ts'

export interface ForecastScale {
  firstMs: number
  againMs: number
  /** Of this process alone, seconds of the processor for the first forecast. */
  cpuSeconds: number
  /** Users by outcome. */
  created: number
  updated: number
  disabled: number
  unchanged: number
  /** Peak resident memory of the first forecast. */
  mebibytes: number
}

const graph = createGraph({ settings: graphSettings(process.env) })
const tenantUrl = process.env.BENCH_TARGET!
const cacheFolder = mkdtempSync(join(tmpdir(), 'forecast-bench-'))
const config = {
  application: 'M-Files',
  adoptExisting: false,
  target: { kind: 'external', tenantUrl, tokenEndpoint: tenantUrl, clientId: 'bench' },
  scope: 'all',
  additionalMappings: [],
  status: 'on',
  waitForFirstCycle: false,
} as const

const options = {
  cacheFolder,
  openTarget: () => ({ reader: scimReader({ tenantUrl, token: async () => 'token', fetch }) }),
}
const tenant = {
  stack: 'bench',
  config: { ...config, additionalMappings: [], managedGroups: [], labels: [] },
  env: {},
  graph,
}

let users = { create: 0, update: 0, disable: 0, unchanged: 0 }
async function forecast(): Promise<void> {
  const found = await forecastStack(tenant, options)
  users = found.users
  for (const render of [renderJson, renderHtml]) for (const piece of render(found)) if (piece === '') throw new Error()
}

const firstMs = await time(forecast)
const { user, system } = process.cpuUsage()
const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024)
const againMs = await time(forecast)
rmSync(cacheFolder, { recursive: true, force: true })
const scale: ForecastScale = {
  firstMs,
  againMs,
  cpuSeconds: (user + system) / 1e6,
  created: users.create,
  updated: users.update,
  disabled: users.disable,
  unchanged: users.unchanged,
  mebibytes,
}
console.log(JSON.stringify(scale))
process.exit()
