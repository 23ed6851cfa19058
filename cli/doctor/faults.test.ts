/** Each fault gives its line and its fix. */
import { hostname } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import { FakeTarget } from '../../sandbox/provisioning/fakeTarget.testing.ts'
import {
  config,
  env,
  examine,
  graphWrites,
  instantiate,
  keep,
  LEAST,
  of,
  SECRET,
  sandbox,
  signInWith,
  sound,
  standUp,
  target,
} from './stack.testing.ts'

standUp()

interface Fault {
  provoke(): unknown
  check: string
  seen: RegExp
  fix: RegExp
}

const FAULTS: Record<string, Fault> = {
  'a setting that is wrong': {
    provoke: () => Object.assign(config, { scope: 'some' }),
    check: 'stack file',
    seen: /^entrada:scope is "some"$/,
    fix: /allowed are assigned, all/,
  },
  'no backend': {
    provoke: () => delete env.PULUMI_BACKEND_URL,
    check: 'backend',
    seen: /no backend is chosen/,
    fix: /PULUMI_BACKEND_URL/,
  },
  'no passphrase': {
    provoke: () => delete env.PULUMI_CONFIG_PASSPHRASE,
    check: 'secrets',
    seen: /no passphrase/,
    fix: /PULUMI_CONFIG_PASSPHRASE/,
  },
  'the client secret of the example': {
    provoke: () => {
      Object.assign(config.target as object, { clientSecret: { secure: 'v1:replaced-by-the-command-above' } })
    },
    check: 'stack file',
    seen: /still the one of the example/,
    fix: /config set --stack contoso .*--secret entrada:target.clientSecret/,
  },
  'a lock that a dead engine left': {
    provoke: () => {
      const lock = { pid: 2 ** 22 + 1, hostname: hostname(), timestamp: '2026-01-01T00:00:00Z' }
      keep('locks/organization/entrada/contoso/a.json', JSON.stringify(lock))
    },
    check: 'lock',
    seen: /locked by process \d+, which is gone/,
    fix: /cancel --stack contoso/,
  },
  'a variable that is missing': {
    provoke: () => delete env.ARM_TENANT_ID,
    check: 'credentials',
    seen: /neither entrada:tenantId nor ARM_TENANT_ID is set/,
    fix: /the id of the Entra tenant/,
  },
  'a wrong client secret': {
    provoke: () => Object.assign(env, { ARM_CLIENT_SECRET: SECRET }),
    check: 'sign-in',
    seen: /AADSTS7000215/,
    fix: /the secret's value, not its id/,
  },
  'an application that the tenant does not know': {
    provoke: () => Object.assign(env, { ARM_CLIENT_ID: '6f1c9a52-8f0e-4a55-9b0c-2f7f0a3b9d11' }),
    check: 'sign-in',
    seen: /AADSTS700016/,
    fix: /consents at https:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+\/adminconsent\?client_id=6f1c9a52-/,
  },
  'a permission that is missing': {
    provoke: () => signInWith(...LEAST.filter((name) => name !== 'GroupMember.Read.All')),
    check: 'permissions',
    seen: /^GroupMember\.Read\.All is missing: find groups/,
    fix: /add GroupMember\.Read\.All .* consents at https:.*adminconsent/,
  },
  'no licence': {
    provoke: () => sandbox.control('POST', '/settings', { premiumLicence: 'none' }),
    check: 'licence',
    seen: /no Entra ID P1 or P2, which assigning a group takes/,
    fix: /or assign users/,
  },
  'a name that the gallery does not have': {
    provoke: () => Object.assign(config, { application: 'M-File' }),
    check: 'gallery',
    seen: /no application named 'M-File'/,
    fix: /Did you mean 'M-Files'/,
  },
  'a group that does not exist': {
    provoke: () => Object.assign(config, { assignments: { groups: ['M-Files Project Lead'] } }),
    check: 'names',
    seen: /assignments\.groups: there is no group 'M-Files Project Lead'/,
    fix: /did you mean 'M-Files Project Leads'/,
  },
  'an administrator of the SCIM service who does not exist': {
    provoke: () =>
      Object.assign(config, {
        target: {
          kind: 'containerApp',
          region: 'westeurope',
          image: `ghcr.io/contoso/scim@sha256:${'1'.repeat(64)}`,
          administrators: ['M-Files Project Leads', 'adelle.vance@entrada-sandbox.example'],
        },
      }),
    check: 'names',
    seen: /^entrada:target\.administrators: there is no user 'adelle\.vance@/,
    fix: /did you mean 'adele\.vance@entrada-sandbox\.example'/,
  },
  'a member of a managed group who does not exist': {
    provoke: () =>
      Object.assign(config, {
        managedGroups: [
          { name: 'M-Files Pilot', members: ['M-Files Leads'] },
          { name: 'All', members: ['m-files pilot'] },
        ],
      }),
    check: 'names',
    seen: /^entrada:managedGroups\[0\]: there is no group 'M-Files Leads'/,
    fix: /did you mean 'M-Files Project Leads'|give the name/,
  },
  'an owner of a managed group who does not exist': {
    provoke: () =>
      Object.assign(config, { managedGroups: [{ name: 'M-Files Pilot', owners: ['nobody@entrada-sandbox.example'] }] }),
    check: 'names',
    seen: /^entrada:managedGroups\[0\]: there is no user 'nobody@/,
    fix: /./,
  },
  'an application that others made': {
    provoke: () => instantiate(),
    check: 'application',
    seen: /already has an application 'M-Files'.*1 provisioning jobs/,
    fix: /pulumi import .*GalleryApplication tenant-app \/servicePrincipals\/.*entrada:adoptExisting: true/,
  },
  'an application that the caller does not own': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true })
      await instantiate()
      await signInWith(...LEAST)
    },
    check: 'ownership',
    seen: /no owner of \/applications\/.* and \/servicePrincipals\//,
    fix: /make it an owner of both/,
  },
  'a role that the application does not have': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true, assignments: { role: 'Usr' } })
      await instantiate()
    },
    check: 'role',
    seen: /'Usr' is no role/,
    fix: /has 'User'/,
  },
  'a job in quarantine': {
    provoke: async () => {
      Object.assign(config, { adoptExisting: true })
      target.fault = (request) =>
        request.path === '/token' ? { status: 401, body: { error: 'invalid_client' } } : sound(request)
      const { base, jobId } = await instantiate({
        BaseAddress: `${target.origin}/scim`,
        AuthenticationType: 'OAuth2ClientCredentialsGrant',
        Oauth2TokenExchangeUri: `${target.origin}/token`,
        Oauth2ClientId: 'client-1',
        Oauth2ClientSecret: SECRET,
      })
      await sandbox.graph('POST', `${base}/jobs/${jobId}/start`)
      await sandbox.control('POST', '/cycle', { jobId })
    },
    check: 'job',
    seen: /in quarantine since .*: EncounteredQuarantineException/,
    fix: /The token endpoint http:\/\/127\.0\.0\.1:\d+\/token refused the client 'client-1'/,
  },
  'a target that is down': {
    provoke: async () => {
      const stopped = await new FakeTarget().listen()
      const { origin } = stopped
      await stopped.close()
      Object.assign(config.target as object, { tokenEndpoint: `${origin}/token` })
    },
    check: 'target',
    seen: /tokenEndpoint http:\/\/127\.0\.0\.1:\d+\/token cannot be reached \(ECONNREFUSED\): nothing listens there/,
    fix: /check the port, and that the service runs/,
  },
  'a target behind a proxy that says no': {
    provoke: () => {
      target.fault = (request) => (request.path === '/token' ? sound(request) : { status: 502 })
    },
    check: 'target',
    seen: /tenantUrl .* answers 502/,
    fix: /a proxy on the way/,
  },
}

describe('a fault is a problem with its fix:', () => {
  test.each(Object.entries(FAULTS))('%s', async (_, { provoke, check, seen, fix }) => {
    await provoke()
    await sandbox.control('DELETE', '/requests')
    const findings = await examine()
    expect(of(findings, check).filter(({ state }) => state !== 'ok')).toMatchObject([
      { seen: expect.stringMatching(seen), fix: expect.stringMatching(fix) },
    ])
    expect(JSON.stringify(findings)).not.toContain(SECRET)
    expect(await graphWrites()).toEqual([])
  })
})
