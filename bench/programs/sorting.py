"""list.sort with and without keys, a quick sort and a heap in Python, bisection."""


def random_numbers(n, seed=42):
    out = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(seed)
    return out


def quick(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return quick([i for i in items if i < pivot]) + [i for i in items if i == pivot] + quick([i for i in items if i > pivot])


def heap_sort(items):
    heap = []
    for item in items:
        heap.append(item)
        at = len(heap) - 1
        while at and heap[(at - 1) // 2] > heap[at]:
            up = (at - 1) // 2
            heap[up], heap[at] = heap[at], heap[up]
            at = up
    out = []
    while heap:
        out.append(heap[0])
        last = heap.pop()
        if heap:
            heap[0], at, n = last, 0, len(heap)
            while (child := 2 * at + 1) < n:
                if child + 1 < n and heap[child + 1] < heap[child]:
                    child += 1
                if heap[at] <= heap[child]:
                    break
                heap[at], heap[child] = heap[child], heap[at]
                at = child
    return out


data = random_numbers(60000)
ordered = sorted(data)
assert quick(data) == ordered
assert heap_sort(data[:12000]) == sorted(data[:12000])
by_text = sorted(data, key=str)
by_digits = sorted(data, key=lambda n: (n % 10, -n), reverse=True)
words = [f"{n:x}" for n in data]
words.sort()
print(ordered[0], ordered[-1], by_text[0], by_digits[0], words[1000])
