/** Records of `/bin/true marker "x y"`, as the programs wrote them on Linux 6.18 (x86-64). */
const nobodyLoggedIn = "00000000000000000000000000000000ffffffff";
const path = Buffer.from("/bin/true").toString("hex").padEnd(512, "0");
const captured = {
  fork: `01000000e35a0000a098311c5d020000db74311c5d020000da5a000000000000${nobodyLoggedIn}0000000000000000000000004d61696e546872656164000000000000`,
  exec: `00000000e35a00001c09411c5d020000db74311c5d020000da5a000000000000${nobodyLoggedIn}0a000000150000000000000074727565000000000000000000000000${path}2f62696e2f74727565006d61726b65720078207900`,
  exit: `02000000e35a000076a2481c5d020000db74311c5d020000da5a000000000000${nobodyLoggedIn}00000000000000000000000074727565000000000000000000000000`,
} as const;

export const ebpfRecords = Object.fromEntries(
  Object.entries(captured).map(([kind, hex]) => [kind, Buffer.from(hex, "hex")]),
) as Record<keyof typeof captured, Buffer>;
