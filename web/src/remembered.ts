/** What takes a while to find is found once for each thing, and forgotten with it. `make` must depend on nothing else. */
export function remembered<Thing extends WeakKey, Found>(make: (thing: Thing) => Found): (thing: Thing) => Found {
  const known = new WeakMap<Thing, { found: Found }>();
  return (thing) => {
    const before = known.get(thing);
    if (before) return before.found;
    const found = make(thing);
    known.set(thing, { found });
    return found;
  };
}
