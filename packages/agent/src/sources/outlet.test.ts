import { describe, expect, it, vi } from "vitest";
import { Outlet } from "./outlet.ts";

const event = { type: "exec", source: "connector", pid: 1, timeMs: 0 } as const;

describe("an outlet", () => {
  it("counts what goes out", () => {
    const outlet = new Outlet();
    const [emit, lose] = [vi.fn(), vi.fn()];
    outlet.connect(emit, lose);
    outlet.emit(event);
    outlet.lose(3, "kernel_overrun");
    outlet.lose(0, "malformed");
    expect(outlet.readings()).toEqual({ events: 1, lost: 3 });
    expect(emit).toHaveBeenCalledExactlyOnceWith(event);
    expect(lose).toHaveBeenCalledExactlyOnceWith(3, "kernel_overrun");
  });

  it("tells of a failure once, and of nothing afterwards", () => {
    const outlet = new Outlet();
    const [emit, fail] = [vi.fn(), vi.fn()];
    outlet.connect(emit, () => {}, fail);
    outlet.fail("gone");
    outlet.fail("gone again");
    outlet.emit(event);
    expect(fail).toHaveBeenCalledExactlyOnceWith("gone");
    expect(emit).not.toHaveBeenCalled();
    expect(outlet.readings()).toEqual({ events: 0, lost: 0 });
  });

  it("is quiet while nobody listens", () => {
    const outlet = new Outlet();
    outlet.emit(event);
    outlet.lose(1, "malformed");
    expect(outlet.readings()).toEqual({ events: 0, lost: 0 });
  });
});
