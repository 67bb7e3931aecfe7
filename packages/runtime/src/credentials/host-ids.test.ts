import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromUtf8 } from "@holdfast/kernel/bytes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HostIds, readHostIds } from "./host-ids.ts";
import type { HostBinding } from "./sealed-file.ts";

const id = "5d9a2c7e81f04b6da3c8e1907f42b56c";
const uuid = "4C4C4544-0042-3510-8051-C7C04F4D4732";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-host-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function inputOf(ids: HostIds, binding: HostBinding): string {
  const input = ids.inputOf(binding);
  return "missing" in input ? `missing ${input.missing}` : fromUtf8(input);
}

const ofSystem = (() => {
  try {
    return /^[0-9a-f]{32}\n?$/.test(readFileSync("/etc/machine-id", "latin1"));
  } catch {
    return false;
  }
})();

describe("the ids of a host", () => {
  it.each([`${id}\n`, id.toUpperCase(), `  ${id}  `, "5d9a2c7e-81f0-4b6d-a3c8-e1907f42b56c\r\n"])(
    "are read from the file that is named, and nothing else with it: %j",
    async (text) => {
      const places = { machineIdFile: file("id", text), productUuidFile: file("uuid", uuid) };
      for (const platform of ["linux", "darwin", "win32"] as const) {
        const ids = await readHostIds({ ...places, platform });
        expect(ids.binding).toBe("machine-id");
        expect(inputOf(ids, "machine-id")).toBe(`holdfast/host/1\nmachine-id=${id}\n`);
        expect(inputOf(ids, "machine-id product-uuid")).toContain("missing product-uuid");
      }
    },
  );

  it.skipIf(!ofSystem)(
    "are the system's own, and the product's where that can be read (needs /etc/machine-id)",
    async () => {
      const both = await readHostIds({ platform: "linux", productUuidFile: file("uuid", `${uuid}\n`) });
      expect(both.binding).toBe("machine-id product-uuid");
      expect(inputOf(both, "machine-id product-uuid")).toMatch(
        /^holdfast\/host\/1\nmachine-id=[0-9a-f]{32}\nproduct-uuid=4c4c45440042351080\w+\n$/,
      );
      const alone = await readHostIds({ platform: "linux", productUuidFile: join(folder, "none") });
      expect(alone.binding).toBe("machine-id");
      expect(inputOf(alone, "machine-id product-uuid")).toBe(`missing product-uuid: there is no ${folder}/none`);
    },
  );

  it.each(["uninitialized\n", "", "hunter2", `${id}0`, "0".repeat(32), "f".repeat(32), `${id}\n${id}\n`])(
    "are none where the file holds none: %j",
    async (text) => {
      const ids = await readHostIds({ machineIdFile: file("id", text) });
      expect(ids.binding).toBe(undefined);
      expect(ids.why).toContain("machine-id: ");
    },
  );

  it("are none where there is no file, and a folder is none", async () => {
    expect((await readHostIds({ machineIdFile: join(folder, "none") })).why).toContain("there is no");
    expect((await readHostIds({ machineIdFile: folder })).why).toContain("cannot be read (EISDIR)");
  });

  it("come from the system's tools on macOS and Windows (stand-ins for the tools)", async () => {
    file("ioreg", `#!/bin/sh\necho '  "IOPlatformUUID" = "${uuid}"'\n`);
    file("reg.exe", `#!/bin/sh\necho '    MachineGuid    REG_SZ    ${uuid}'\n`);
    for (const name of ["ioreg", "reg.exe"]) chmodSync(join(folder, name), 0o755);
    const toolFolders = [folder];
    const mac = await readHostIds({ platform: "darwin", toolFolders });
    expect(inputOf(mac, "platform-uuid")).toBe("holdfast/host/1\nplatform-uuid=4c4c4544004235108051c7c04f4d4732\n");
    const windows = await readHostIds({ platform: "win32", toolFolders });
    expect(inputOf(windows, "machine-guid")).toBe("holdfast/host/1\nmachine-guid=4c4c4544004235108051c7c04f4d4732\n");
    // What was sealed on another system is not tried with what happens to be here.
    expect(inputOf(windows, "machine-id")).toContain("missing machine-id");
  });

  it("are none where a tool is missing, fails or says something else", async () => {
    const toolFolders = [folder];
    expect((await readHostIds({ platform: "darwin", toolFolders })).why).toBe("platform-uuid: ioreg is missing");
    file("ioreg", "#!/bin/sh\nexit 1\n");
    chmodSync(join(folder, "ioreg"), 0o755);
    expect(await readHostIds({ platform: "darwin", toolFolders })).toMatchObject({
      binding: undefined,
      why: "platform-uuid: ioreg tells none",
    });
  });
});
