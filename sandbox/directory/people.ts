import type { User } from '../tenant/model.ts'
import { COMPANY, DOMAIN, KNOWN_PEOPLE, type KnownPerson } from './known.ts'
import { DEPARTMENTS, GIVEN_NAMES, OFFICES, type Office, SURNAMES } from './names.ts'
import { Random, stableId } from './random.ts'

/** Direct reports a manager has. */
const SPAN = 8
const FOUNDED = Date.parse('2019-01-07T08:00:00Z')
const HOUR = 3_600_000

/** A person as the directory's groups are made from. */
export interface Person extends KnownPerson {
  index: number
  user: User
}

/** The employees and guests of the company; the first ones are the same in a company of any size. */
export function generatePeople(seed: string, count: number): Person[] {
  const taken = new Map<string, number>()
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(`${seed}/person/${index}`)
    const traits = KNOWN_PEOPLE[index] ?? drawTraits(random, index)
    return { ...traits, index, user: toUser(seed, index, traits, random, taken) }
  })
}

function drawTraits(random: Random, index: number): KnownPerson {
  const department = drawDepartment(random)
  return {
    givenName: random.pick(GIVEN_NAMES),
    surname: random.pick(SURNAMES),
    department: department.name,
    jobTitle: random.pick(department.titles),
    office: random.below(OFFICES.length),
    enabled: index % 29 === 20 ? false : undefined,
    guest: index % 40 === 13 || undefined,
    mailless: index % 50 === 31 || undefined,
    mfilesUser: index % 5 === 3 || undefined,
    projectLead: index % 25 === 7 || undefined,
  }
}

function drawDepartment(random: Random) {
  let point = random.below(100)
  for (const department of DEPARTMENTS) {
    point -= department.weight
    if (point < 0) return department
  }
  return DEPARTMENTS[0]!
}

function toUser(seed: string, index: number, traits: KnownPerson, random: Random, taken: Map<string, number>): User {
  const office = OFFICES[traits.office]!
  const alias = freeAlias(`${ascii(traits.givenName)}.${ascii(traits.surname)}`, taken)
  const address = `${alias}@${traits.guest ? 'partner.example' : DOMAIN}`
  const mail = traits.mailless ? null : address
  return {
    id: stableId(seed, 'user', index),
    userPrincipalName: traits.guest ? `${address.replace('@', '_')}#EXT#@${DOMAIN}` : address,
    displayName: `${traits.givenName} ${traits.surname}`,
    givenName: traits.givenName,
    surname: traits.surname,
    mail,
    mailNickname: traits.guest ? `${address.replace('@', '_')}#EXT#` : alias,
    jobTitle: traits.jobTitle,
    department: traits.department,
    companyName: traits.guest ? 'Partner Example' : COMPANY,
    employeeId: traits.guest ? null : String(100_001 + index),
    officeLocation: `${office.city} ${1 + random.below(6)}.${10 + random.below(80)}`,
    ...addressOf(office),
    mobilePhone: random.below(4) === 0 ? null : `${office.dial} ${1_000_000 + random.below(9_000_000)}`,
    businessPhones: random.below(2) === 0 ? [] : [`${office.dial} ${100_000 + random.below(900_000)}`],
    faxNumber: null,
    proxyAddresses: mail ? [`SMTP:${mail}`] : [],
    userType: traits.guest ? 'Guest' : 'Member',
    accountEnabled: traits.enabled !== false,
    createdDateTime: new Date(FOUNDED + index * HOUR).toISOString(),
    onPremisesExtensionAttributes: { extensionAttribute1: traits.guest ? null : `CC-${100 + random.below(40)}` },
    managerId: index === 0 || traits.guest ? null : stableId(seed, 'user', Math.floor((index - 1) / SPAN)),
    deletedDateTime: null,
  }
}

function addressOf(office: Office) {
  return {
    streetAddress: office.street,
    city: office.city,
    state: office.state,
    postalCode: office.postalCode,
    country: office.country,
    usageLocation: office.usageLocation,
    preferredLanguage: office.language,
  }
}

const SPECIAL: Record<string, string> = { ł: 'l', ø: 'o', đ: 'd', ß: 'ss', ı: 'i', æ: 'ae' }

function ascii(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[łøđßıæ]/g, (letter) => SPECIAL[letter]!)
    .replace(/[^a-z]/g, '')
}

/** @param taken how often a name was wanted; numbers do not occur in names, so that no other name is met */
function freeAlias(wanted: string, taken: Map<string, number>): string {
  const number = (taken.get(wanted) ?? 0) + 1
  taken.set(wanted, number)
  return number === 1 ? wanted : `${wanted}${number}`
}
