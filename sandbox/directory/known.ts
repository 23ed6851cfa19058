/**
 * Names that are in every generated directory, whatever its seed and size: what examples, stacks and tests may name.
 */
export const DOMAIN = 'entrada-sandbox.example'
export const COMPANY = 'Entrada Sandbox Company'

export interface KnownPerson {
  givenName: string
  surname: string
  department: string
  jobTitle: string
  /** Index into the offices. */
  office: number
  enabled?: false
  guest?: true
  /** Has no mail address. */
  mailless?: true
  mfilesUser?: true
  projectLead?: true
}

/** The first users of the directory; the first leads the company. */
export const KNOWN_PEOPLE: KnownPerson[] = [
  { givenName: 'Patti', surname: 'Fernandez', department: 'Executive', jobTitle: 'President', office: 0 },
  { givenName: 'Adele', surname: 'Vance', department: 'Sales', jobTitle: 'Retail Manager', office: 6 },
  {
    givenName: 'Diego',
    surname: 'Siciliani',
    department: 'Engineering',
    jobTitle: 'Lead Engineer',
    office: 3,
    mfilesUser: true,
    projectLead: true,
  },
  { givenName: 'Megan', surname: 'Bowen', department: 'Marketing', jobTitle: 'Marketing Manager', office: 6 },
  {
    givenName: 'Lidia',
    surname: 'Holloway',
    department: 'Engineering',
    jobTitle: 'Product Manager',
    office: 1,
    mfilesUser: true,
  },
  { givenName: 'Isaiah', surname: 'Langer', department: 'Sales', jobTitle: 'Sales Rep', office: 7 },
  {
    givenName: 'Henrietta',
    surname: 'Müller',
    department: 'Quality',
    jobTitle: 'Document Controller',
    office: 3,
    mfilesUser: true,
  },
  {
    givenName: 'Johanna',
    surname: 'Lorenz',
    department: 'Finance',
    jobTitle: 'Senior Controller',
    office: 3,
    mfilesUser: true,
    enabled: false,
  },
  {
    givenName: 'Grady',
    surname: 'Archie',
    department: 'Engineering',
    jobTitle: 'External Designer',
    office: 5,
    mfilesUser: true,
    guest: true,
  },
  {
    givenName: 'Łucja',
    surname: 'Żak',
    department: 'Manufacturing',
    jobTitle: 'Production Planner',
    office: 4,
    mailless: true,
  },
]

export const KNOWN_USERS = {
  /** An ordinary member who is in no M-Files group. */
  adele: `adele.vance@${DOMAIN}`,
  /** In both M-Files groups. */
  diego: `diego.siciliani@${DOMAIN}`,
  megan: `megan.bowen@${DOMAIN}`,
  lidia: `lidia.holloway@${DOMAIN}`,
  isaiah: `isaiah.langer@${DOMAIN}`,
  henrietta: `henrietta.muller@${DOMAIN}`,
  /** Disabled, and a member of M-Files Users. */
  johanna: `johanna.lorenz@${DOMAIN}`,
  /** A guest, and a member of M-Files Users. */
  grady: `grady.archie_partner.example#EXT#@${DOMAIN}`,
  /** Has no mail address. */
  lucja: `lucja.zak@${DOMAIN}`,
} as const

export const KNOWN_GROUPS = {
  /** One in five users, directly; one of them disabled, one a guest. */
  mfilesUsers: 'M-Files Users',
  /** Some 8 in a company of 200. */
  mfilesProjectLeads: 'M-Files Project Leads',
  /** Every enabled member. */
  allEmployees: 'All Employees',
  /** Both M-Files groups as nested groups, and one direct member. */
  nested: 'M-Files Everyone',
  /** No member. */
  empty: 'M-Files Pilot Wave 2',
  /** Microsoft 365 group: mail-enabled and not a security group. */
  unified: 'Product Launch Team',
  /** Security group with a mail address. */
  mailEnabledSecurity: 'Finance Approvers',
} as const
