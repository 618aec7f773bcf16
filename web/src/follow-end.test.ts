import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FollowEnd } from "./follow-end";

/** A view 100 px high over content of a height that the test sets, which the browser keeps in its bounds. */
class View {
  readonly element = document.createElement("div");
  #top = 0;
  #height = 1000;
  constructor() {
    Object.defineProperties(this.element, {
      clientHeight: { get: () => 100 },
      scrollHeight: { get: () => this.#height },
      scrollTop: { get: () => this.#top, set: (top: number) => void (this.#top = Math.min(top, this.#height - 100)) },
    });
  }
  set height(height: number) {
    this.#height = height;
    this.element.scrollTop = this.#top;
  }
  get left(): number {
    return this.#height - this.#top - 100;
  }
  /** As whoever moves it: the event comes with the next frame. */
  moves(by: number): void {
    this.element.scrollTop += by;
    this.element.dispatchEvent(new Event("scroll"));
  }
}

describe("the end of a growing view", () => {
  let view: View;
  let end: FollowEnd;
  let detach: () => void;
  let now: number;

  beforeEach(() => {
    now = 10_000;
    vi.stubGlobal("ResizeObserver", class { observe() {} disconnect() {} });
    vi.spyOn(performance, "now").mockImplementation(() => now);
    view = new View();
    end = new FollowEnd();
    detach = end.attach(view.element, document.createElement("div"));
    now += 101;
  });
  afterEach(() => {
    detach();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("stays in sight while the content grows", () => {
    view.height = 1500;
    end.follow();
    expect(view.left).toBe(0);
    expect(end.atEnd.get()).toBe(true);
  });

  it("is left by who moves up a view that stands still", () => {
    view.moves(-200);
    expect(end.atEnd.get()).toBe(false);
    view.height = 1500;
    end.follow();
    expect(view.left).toBe(700);
  });

  it("is left by the wheel, however the content changes", () => {
    view.height = 1500;
    end.follow();
    view.element.dispatchEvent(new Event("wheel"));
    view.height = 1520;
    view.moves(-200);
    expect(end.atEnd.get()).toBe(false);
  });

  it("is not left by rows that shrink and grow back: it is followed again at once", () => {
    view.height = 1500;
    end.follow();
    view.height = 1300;
    view.height = 1500;
    view.moves(0);
    expect(end.atEnd.get()).toBe(true);
    expect(view.left).toBe(0);
  });

  it("can be left a moment after a change", () => {
    view.height = 1500;
    end.follow();
    now += 101;
    view.moves(-200);
    expect(end.atEnd.get()).toBe(false);
  });

  it("is where another content begins, wherever the person was in the one before", () => {
    view.element.dispatchEvent(new Event("wheel"));
    view.moves(-200);
    view.height = 1500;
    end.begin();
    expect(view.left).toBe(0);
    view.height = 1400; // its rows are measured: nobody moved it
    view.moves(-50);
    expect(end.atEnd.get()).toBe(true);
    expect(view.left).toBe(0);
  });

  it("is found again by who scrolls there", () => {
    view.moves(-200);
    view.moves(190);
    expect(end.atEnd.get()).toBe(true);
  });

  it("does not pull back who leaves it by a small step", () => {
    view.element.dispatchEvent(new Event("wheel"));
    view.moves(-10);
    expect(view.left).toBe(10);
    view.moves(-35);
    expect(end.atEnd.get()).toBe(false);
    expect(view.left).toBe(45);
  });
});
