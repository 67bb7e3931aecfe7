/** Names the server that tests share, as its superuser: set by whoever runs the tests, or by `share.ts`. */
export const postgresVariable = "HOLDFAST_TEST_POSTGRES_URL";

/** Says why there is none; whoever sets it goes without. */
export const noPostgresVariable = "HOLDFAST_TEST_NO_POSTGRES";
