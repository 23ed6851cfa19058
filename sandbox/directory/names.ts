const words = (text: string): string[] => text.trim().split(/\s+/)

export const GIVEN_NAMES = words(`
  Aino Aleksi Amelia Amara Andrzej Anja Anneli Antoine Aoife Arjun Aurélie Ayşe Beatriz Benjamin Björn Bronwyn Carlos
  Cécile Chiara Chloé Clara Dag Daniel Deepa Dimitri Đorđe Elif Eleni Elías Emil Emma Esra Fatima Felix Femke Freya
  Gabriel Giulia Gonçalo Grace Gustav Hanna Haruto Héctor Henrik Hiroko Ida Ignacio Ines Ingrid Isaac Isla Ivana Jakob
  James Jana Javier Jelena João Jonas José Jürgen Kaarina Karim Katarzyna Kenji Kerttu Kofi Lars Laura Léa Leila Liam
  Lina Linnéa Lotte Łukasz Magnus Maja Mali Manon Maria Márton Matteo Mehmet Mei Michał Mikko Mina Mohamed Nadia Naoko
  Niamh Nikolai Noah Nora Oisín Ola Olivia Omar Oskar Ottilie Paavo Pedro Petra Pia Priya Rafał Rania Renée Ricardo Rohan
  Ruth Saga Samir Sanna Sara Seán Sofía Søren Stefan Sven Tariq Teresa Théo Tiina Tomáš Tove Valentina Veera Viktor
  Wanjiru William Yara Yusuf Zoë Zofia Žiga`)

export const SURNAMES = words(`
  Aalto Abe Adeyemi Ahmed Åkesson Almeida Andersson Bauer Becker Bergström Bianchi Björk Bondarenko Brown Byrne Castro
  Chen Çelik Dąbrowski Davies Dubois Dvořák Eriksson Esposito Fernández Ferreira Fischer Fournier García Gómez Grønning
  Gruber Gupta Haapala Hakala Hansen Heikkinen Hernández Hoffmann Horváth Hughes Ibrahim Ito Ivanova Jansen Järvinen
  Jensen Johansson Jovanović Kallio Kaplan Karlsson Kaya Keller Khan Kim Kipkemboi Kobayashi Korhonen Koskinen Kovács
  Kowalczyk Kowalski Krause Kristiansen Kumar Laine Lambert Larsen Lefèvre Lehtonen Lindqvist López Lund Mäkelä Mäkinen
  Martinez Mbeki Meier Meyer Moretti Müller Murphy Nagy Nair Nakamura Ndiaye Nguyen Nielsen Nieminen Nikolaou Novák
  Nowak Núñez Nurmi O'Brien Okafor Olsen Oliveira Öztürk Papadopoulos Patel Pereira Petersen Petrov Popescu Rantanen
  Richter Rinne Rodríguez Rossi Ruiz Saarinen Salminen Sánchez Santos Sato Schäfer Schmidt Schneider Schröder Sharma
  Silva Singh Sørensen Strand Suzuki Szabó Tamm Tanaka Taylor Thorvaldsen Toivonen Turunen Väisänen Vasquez Virtanen
  Vogel Walker Wang Weber Weiß Williams Wójcik Yamamoto Yıldız Zieliński Zimmermann`)

/** Weight: how many in a hundred employees work there. */
export const DEPARTMENTS: { name: string; weight: number; titles: string[] }[] = [
  {
    name: 'Engineering',
    weight: 22,
    titles: ['Mechanical Engineer', 'Design Engineer', 'Lead Engineer', 'CAD Specialist'],
  },
  { name: 'Manufacturing', weight: 20, titles: ['Production Planner', 'Line Supervisor', 'Process Technician'] },
  { name: 'Sales', weight: 14, titles: ['Account Manager', 'Sales Engineer', 'Regional Sales Manager'] },
  { name: 'Customer Service', weight: 11, titles: ['Service Coordinator', 'Support Specialist', 'Field Technician'] },
  { name: 'Quality', weight: 8, titles: ['Quality Engineer', 'Document Controller', 'Auditor'] },
  { name: 'Finance', weight: 7, titles: ['Controller', 'Accountant', 'Accounts Payable Specialist'] },
  { name: 'IT', weight: 6, titles: ['Systems Administrator', 'Identity Engineer', 'Service Desk Analyst'] },
  { name: 'Human Resources', weight: 5, titles: ['HR Business Partner', 'Recruiter', 'Payroll Specialist'] },
  { name: 'Marketing', weight: 4, titles: ['Content Strategist', 'Product Marketing Manager'] },
  { name: 'Legal', weight: 3, titles: ['Legal Counsel', 'Contract Manager'] },
]

export interface Office {
  city: string
  state: string | null
  country: string
  usageLocation: string
  language: string
  street: string
  postalCode: string
  dial: string
}

export const OFFICES: Office[] = [
  {
    city: 'Tampere',
    state: null,
    country: 'Finland',
    usageLocation: 'FI',
    language: 'fi-FI',
    street: 'Hämeenkatu 15',
    postalCode: '33100',
    dial: '+358 40',
  },
  {
    city: 'Helsinki',
    state: null,
    country: 'Finland',
    usageLocation: 'FI',
    language: 'fi-FI',
    street: 'Itämerenkatu 1',
    postalCode: '00180',
    dial: '+358 50',
  },
  {
    city: 'Göteborg',
    state: null,
    country: 'Sweden',
    usageLocation: 'SE',
    language: 'sv-SE',
    street: 'Östra Hamngatan 24',
    postalCode: '411 09',
    dial: '+46 70',
  },
  {
    city: 'München',
    state: 'Bayern',
    country: 'Germany',
    usageLocation: 'DE',
    language: 'de-DE',
    street: 'Königinstraße 10',
    postalCode: '80539',
    dial: '+49 151',
  },
  {
    city: 'Kraków',
    state: null,
    country: 'Poland',
    usageLocation: 'PL',
    language: 'pl-PL',
    street: 'Świętego Marka 8',
    postalCode: '31-012',
    dial: '+48 60',
  },
  {
    city: 'Lyon',
    state: null,
    country: 'France',
    usageLocation: 'FR',
    language: 'fr-FR',
    street: 'Rue de la République 31',
    postalCode: '69002',
    dial: '+33 6',
  },
  {
    city: 'Austin',
    state: 'TX',
    country: 'United States',
    usageLocation: 'US',
    language: 'en-US',
    street: '600 Congress Ave',
    postalCode: '78701',
    dial: '+1 512',
  },
  {
    city: 'Singapore',
    state: null,
    country: 'Singapore',
    usageLocation: 'SG',
    language: 'en-SG',
    street: '8 Marina View',
    postalCode: '018960',
    dial: '+65 8',
  },
]
