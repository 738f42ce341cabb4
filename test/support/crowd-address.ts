/** The address of one of a crowd. */
export const crowdAddress = (number: number): string => `guest-${String(number)}@crowd.example`;
