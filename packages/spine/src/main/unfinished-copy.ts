/** Where a copy of this database is made, until it is verified and gets the name. */
export const unpublishedOf = (database: string): string => `${database}.copy`;

/** Its mark stays when it breaks off, so that nobody else can say which of the two it is. */
export const FINISH_COPY =
  "If the copy runs now, wait until it has ended; if it broke off, run the same command again: it goes on where it was.";
