import type { Ready } from '../../service.ts'

const people = [
  ['Adele', 'Vance', 'Retail Manager', 'Retail'],
  ['Alex', 'Wilber', 'Marketing Assistant', 'Marketing'],
  ['Christie', 'Cline', 'Buyer', 'Retail'],
  ['Diego', 'Siciliani', 'HR Manager', 'Human Resources'],
  ['Grady', 'Archie', 'Designer', 'Engineering'],
  ['Henrietta', 'Mueller', 'Developer', 'Engineering'],
  ['Isaiah', 'Langer', 'Web Marketing Manager', 'Marketing'],
  ['Johanna', 'Lorenz', 'Senior Engineer', 'Engineering'],
  ['Joni', 'Sherman', 'Paralegal', 'Legal'],
  ['Lee', 'Gu', 'Director', 'Manufacturing'],
  ['Lidia', 'Holloway', 'Product Manager', 'Engineering'],
  ['Lynne', 'Robbins', 'Planner', 'Retail'],
  ['Megan', 'Bowen', 'Marketing Manager', 'Marketing'],
  ['Miriam', 'Graham', 'Director', 'Marketing'],
  ['Nestor', 'Wilke', 'Director', 'Operations'],
  ['Patti', 'Fernandez', 'President', 'Executive Management'],
  ['Pradeep', 'Gupta', 'Accountant', 'Finance'],
] as const

const core = 'urn:ietf:params:scim:schemas:core:2.0'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function person([given, family, title, department]: (typeof people)[number], index: number): object {
  const userName = `${given}.${family}@contoso.example`.toLowerCase()
  return {
    schemas: [`${core}:User`, enterprise],
    userName,
    externalId: `a1b2c3d4-0000-4000-8000-${String(index).padStart(12, '0')}`,
    displayName: `${given} ${family}`,
    name: { givenName: given, familyName: family, formatted: `${given} ${family}` },
    title,
    emails: [{ type: 'work', value: userName, primary: true }],
    phoneNumbers: [{ type: 'work', value: `+1 425 555 01${String(index).padStart(2, '0')}` }],
    addresses: [{ type: 'work', locality: 'Seattle', region: 'WA', country: 'US' }],
    active: index !== 8,
    [enterprise]: { department, employeeNumber: String(1000 + index) },
  }
}

/** The first tenant as after a first cycle: people in groups, more of them than there are seats. */
export async function seed(ready: Ready, adminToken: string): Promise<void> {
  await send(ready.apiUrl, 'PUT', adminToken, { licences: { named: 14, concurrent: 5, readOnly: 0 } })
  const token = await clientToken(ready)
  const create = async (endpoint: string, resource: object): Promise<string> =>
    (await send(ready.tenantUrl + endpoint, 'POST', token, resource)).id
  const ids: string[] = []
  for (const [index, each] of people.entries()) ids.push(await create('/Users', person(each, index)))
  for (const department of ['Engineering', 'Marketing', 'Retail']) {
    const members = people.flatMap((each, index) => (each[3] === department ? [{ value: ids[index] }] : []))
    await create('/Groups', { schemas: [`${core}:Group`], displayName: department, members })
  }
}

async function clientToken({ tokenEndpoint, clientId, clientSecret }: Ready): Promise<string> {
  const fields = { grant_type: 'client_credentials', client_id: clientId!, client_secret: clientSecret! }
  const response = await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams(fields) })
  return ((await response.json()) as { access_token: string }).access_token
}

async function send(url: string, method: string, token: string, body: object): Promise<{ id: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as { id: string }
}
