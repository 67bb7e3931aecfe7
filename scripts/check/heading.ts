const width = 100;

/** Says which step begins. */
export function heading(name: string, promise: string): void {
  const title = `── ${name}: ${promise} `;
  console.log(`\n${title}${"─".repeat(Math.max(0, width - title.length))}`);
}
