/** The places, agencies and features that listings are made of. Prices are of the year 2025, rounded, and for show only. */

export interface City {
  readonly name: string;
  readonly region: string;
  readonly country: string;
  readonly currency: 'EUR' | 'CHF' | 'GBP';
  readonly lat: number;
  readonly lon: number;
  /** A square metre to buy, in the currency. */
  readonly salePerM2: number;
  /** A square metre to rent for a month, in the currency. */
  readonly rentPerM2: number;
  /** How often listings are in this city. */
  readonly weight: number;
  readonly streets: readonly string[];
  /** Postal codes of the centre and around it. */
  readonly postalCodes: readonly string[];
}

export const CITIES: readonly City[] = [
  {
    name: 'Lisbon',
    region: 'Lisboa',
    country: 'PT',
    currency: 'EUR',
    lat: 38.7223,
    lon: -9.1393,
    salePerM2: 5200,
    rentPerM2: 21,
    weight: 22,
    streets: ['Rua Augusta', 'Avenida da Liberdade', 'Rua do Salitre', 'Calçada do Combro', 'Rua da Prata'],
    postalCodes: ['1100-053', '1200-309', '1250-096', '1300-472', '1700-212'],
  },
  {
    name: 'Porto',
    region: 'Norte',
    country: 'PT',
    currency: 'EUR',
    lat: 41.1579,
    lon: -8.6291,
    salePerM2: 3700,
    rentPerM2: 17,
    weight: 14,
    streets: ['Rua de Santa Catarina', 'Avenida da Boavista', 'Rua das Flores', 'Rua de Cedofeita'],
    postalCodes: ['4000-322', '4050-180', '4100-133', '4150-706'],
  },
  {
    name: 'Madrid',
    region: 'Comunidad de Madrid',
    country: 'ES',
    currency: 'EUR',
    lat: 40.4168,
    lon: -3.7038,
    salePerM2: 5600,
    rentPerM2: 20,
    weight: 18,
    streets: ['Calle de Alcalá', 'Paseo de la Castellana', 'Calle de Fuencarral', 'Calle de Serrano', 'Calle Mayor'],
    postalCodes: ['28001', '28004', '28010', '28013', '28046'],
  },
  {
    name: 'Barcelona',
    region: 'Cataluña',
    country: 'ES',
    currency: 'EUR',
    lat: 41.3874,
    lon: 2.1686,
    salePerM2: 5100,
    rentPerM2: 22,
    weight: 14,
    streets: ['Carrer de Mallorca', 'Passeig de Gràcia', 'Carrer de Provença', 'Avinguda Diagonal'],
    postalCodes: ['08007', '08009', '08013', '08029'],
  },
  {
    name: 'Berlin',
    region: 'Berlin',
    country: 'DE',
    currency: 'EUR',
    lat: 52.52,
    lon: 13.405,
    salePerM2: 5000,
    rentPerM2: 18,
    weight: 12,
    streets: ['Torstraße', 'Kastanienallee', 'Bergmannstraße', 'Karl-Marx-Allee', 'Schönhauser Allee'],
    postalCodes: ['10119', '10243', '10435', '10961', '12043'],
  },
  {
    name: 'Zürich',
    region: 'Zürich',
    country: 'CH',
    currency: 'CHF',
    lat: 47.3769,
    lon: 8.5417,
    salePerM2: 14_500,
    rentPerM2: 34,
    weight: 6,
    streets: ['Langstrasse', 'Seefeldstrasse', 'Bahnhofstrasse', 'Hardstrasse'],
    postalCodes: ['8001', '8004', '8005', '8008'],
  },
  {
    name: 'London',
    region: 'Greater London',
    country: 'GB',
    currency: 'GBP',
    lat: 51.5072,
    lon: -0.1276,
    salePerM2: 9800,
    rentPerM2: 32,
    weight: 9,
    streets: ['Upper Street', "King's Road", 'Brick Lane', 'Camden High Street', "St. John's Hill"],
    postalCodes: ['E1 6QL', 'N1 0NY', 'NW1 7JE', 'SW3 4RP', 'SW11 1TN'],
  },
  {
    name: 'Coimbra',
    region: 'Centro',
    country: 'PT',
    currency: 'EUR',
    lat: 40.2033,
    lon: -8.4103,
    salePerM2: 2100,
    rentPerM2: 11,
    weight: 5,
    streets: ['Rua Ferreira Borges', 'Avenida Sá da Bandeira', 'Rua da Sofia'],
    postalCodes: ['3000-180', '3000-351', '3030-175'],
  },
];

export interface PropertyType {
  readonly name: string;
  /** Living area in square metres, least and most. */
  readonly area: readonly [number, number];
  readonly bedrooms: readonly [number, number];
  /** Garden or land that belongs to it, in square metres; none when left out. */
  readonly plot?: readonly [number, number];
  readonly priceFactor: number;
  readonly weight: number;
}

export const PROPERTY_TYPES: readonly PropertyType[] = [
  { name: 'apartment', area: [45, 140], bedrooms: [1, 4], priceFactor: 1, weight: 48 },
  { name: 'studio', area: [22, 42], bedrooms: [0, 0], priceFactor: 1.12, weight: 14 },
  { name: 'house', area: [95, 240], bedrooms: [2, 6], plot: [150, 1200], priceFactor: 0.86, weight: 18 },
  { name: 'townhouse', area: [85, 180], bedrooms: [2, 5], plot: [20, 120], priceFactor: 0.95, weight: 10 },
  { name: 'penthouse', area: [80, 220], bedrooms: [2, 5], priceFactor: 1.35, weight: 6 },
  { name: 'villa', area: [180, 420], bedrooms: [3, 7], plot: [500, 3500], priceFactor: 1.18, weight: 4 },
];

export const FEATURES: readonly string[] = [
  'air_conditioning',
  'balcony',
  'elevator',
  'fibre_internet',
  'fireplace',
  'furnished',
  'garage',
  'garden',
  'pets_allowed',
  'pool',
  'sea_view',
  'solar_panels',
  'storage_room',
  'terrace',
];

export const ENERGY_RATINGS: readonly string[] = ['A+', 'A', 'B', 'C', 'D', 'E', 'F'];

export interface Agency {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

export const AGENCIES: readonly Agency[] = [
  { id: 'agy_01', name: 'Casa Clara', domain: 'casaclara.example' },
  { id: 'agy_02', name: 'Nordlicht Immobilien', domain: 'nordlicht.example' },
  { id: 'agy_03', name: 'Harbour & Hill', domain: 'harbourhill.example' },
  { id: 'agy_04', name: 'Ponte Nova', domain: 'pontenova.example' },
  { id: 'agy_05', name: 'Llave en Mano', domain: 'llaveenmano.example' },
];

export const FIRST_NAMES: readonly string[] = [
  'Ana',
  'Bruno',
  'Clara',
  'David',
  'Elena',
  'Felix',
  'Greta',
  'Hugo',
  'Inês',
  'Jonas',
  'Laura',
  'Marta',
  'Noah',
  'Olivia',
  'Pedro',
  'Sofia',
];

export const LAST_NAMES: readonly string[] = [
  'Almeida',
  'Becker',
  'Carvalho',
  'Duarte',
  'Evans',
  'Fischer',
  'García',
  'Hughes',
  'Keller',
  'Lopes',
  'Moreno',
  "O'Neill",
  'Ribeiro',
  'Schmid',
  'Torres',
  'Weber',
];
