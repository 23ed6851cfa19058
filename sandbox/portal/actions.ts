import { BadControl } from '../control/bad.ts'
import { advance } from '../control/clock.ts'
import { PRESETS } from './faults.ts'
import { provisionUser } from './pages/onDemand.ts'
import { resetScopeOf } from './pages/restart.ts'
import { testConnection } from './pages/settings.ts'
import { did, type JobVisit, jobAddress, type Page, type Redirect, tenantAddress, type Visit } from './visit.ts'

type Action<V> = (visit: V) => Redirect | Page | Promise<Redirect | Page>

/** What is done to a job, by the last part of the address. */
export const JOB_ACTIONS: Readonly<Record<string, Action<JobVisit>>> = {
  cycle(visit) {
    // The overview follows the cycle; one that is stopped before its end is nothing to tell of.
    visit.parts.provisioning.runCycle(visit.job.id).catch(() => {})
    return did(jobAddress(visit), 'cycle')
  },
  start(visit) {
    visit.parts.provisioning.start(visit.job.id)
    return did(jobAddress(visit), 'start')
  },
  pause(visit) {
    visit.parts.provisioning.pause(visit.job.id)
    return did(jobAddress(visit), 'pause')
  },
  restart(visit) {
    visit.parts.provisioning.restart(visit.job.id, resetScopeOf(visit.fields))
    return did(jobAddress(visit), 'restart')
  },
  allow(visit) {
    visit.parts.provisioning.restart(visit.job.id, 'ForceDeletes')
    return did(jobAddress(visit), 'allow')
  },
  test: testConnection,
  'on-demand': provisionUser,
}

/** What is done to the sandbox as a whole. */
export const TENANT_ACTIONS: Readonly<Record<string, Action<Visit>>> = {
  async clock({ parts, fields }) {
    const seconds = fields.get('seconds') ?? ''
    await advance(parts, Number.isNaN(Number(seconds)) ? seconds : Number(seconds))
    return did(controls(parts), 'clock')
  },
  fault({ parts, fields }) {
    const name = fields.get('preset') ?? ''
    const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined
    if (!preset) throw new BadControl(`There is no fault "${name}". Faults: ${Object.keys(PRESETS).join(', ')}.`)
    parts.faults.add(preset.fault)
    return did(controls(parts), 'fault')
  },
  clear({ parts }) {
    parts.faults.clear()
    return did(controls(parts), 'clear')
  },
}

const controls = ({ tenant }: Visit['parts']): string => tenantAddress(tenant.tenantId, 'controls')
