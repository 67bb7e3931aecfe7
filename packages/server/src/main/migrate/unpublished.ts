/** Where a copy of this database is made, until it is verified and gets the name. */
export const unpublishedOf = (database: string): string => `${database}.copy`;
