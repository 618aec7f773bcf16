/** What takes a while to find is found once for each thing, and forgotten with it; `undefined` is looked for again. */
export function remembered<Thing extends WeakKey, Found>(make: (thing: Thing) => Found): (thing: Thing) => Found {
  const known = new WeakMap<Thing, Found>();
  return (thing) => {
    const before = known.get(thing);
    if (before !== undefined) return before;
    const found = make(thing);
    if (found !== undefined) known.set(thing, found);
    return found;
  };
}
