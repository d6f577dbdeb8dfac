/** Our DMS. */
export {};
