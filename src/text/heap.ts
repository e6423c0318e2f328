/**
 * A binary heap in a plain array, for the merge queues of encoding and training.
 *
 * @module
 */

/** Says whether the first item leaves the heap before the second. */
export type Before<T> = (a: T, b: T) => boolean;

/** Adds an item. */
export function pushHeap<T>(heap: T[], item: T, before: Before<T>): void {
  let hole = heap.length;
  heap.push(item);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!before(item, heap[parent]!)) break;
    heap[hole] = heap[parent]!;
    hole = parent;
  }
  heap[hole] = item;
}

/** Removes and returns the first item; undefined if there is none. */
export function popHeap<T>(heap: T[], before: Before<T>): T | undefined {
  const first = heap[0];
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return first;
  let hole = 0;
  while (true) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, item)) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = item;
  return first;
}
