// Runs the command from its sources where no bundle was built. Plain JavaScript, so that a Node.js too old to read
// TypeScript still gets to say so.
if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import("../src/main.ts");
} else {
  process.stderr.write(
    `holdfast: Node.js 24 or newer is needed; this is ${process.versions.node} (${process.execPath})\n` +
      "hint: run npm install in the project, which brings the right one, or put a newer node first in PATH\n",
  );
  process.exitCode = 1;
}
