"""Dictionaries with string, integer and tuple keys: counting, grouping, inverting, a grid."""


def histogram(words):
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def group(counts):
    groups = {}
    for word, count in counts.items():
        groups.setdefault(count % 17, []).append(word)
    return groups


def life(cells, turns):
    for _ in range(turns):
        near = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        key = x + dx, y + dy
                        near[key] = near.get(key, 0) + 1
        cells = {c for c, n in near.items() if n == 3 or n == 2 and c in cells}
    return cells


words = [f"w{i * i % 9973}" for i in range(400000)]
counts = histogram(words)
groups = group(counts)
squares = {i: i * i for i in range(600000)}
inverse = {v: k for k, v in squares.items()}
hits = sum(1 for i in range(600000) if i in inverse)
print(len(counts), sorted((k, len(v)) for k, v in groups.items())[:3], hits)
print(len(life({(1, 0), (2, 1), (0, 2), (1, 2), (2, 2), (10, 10), (11, 10), (12, 10), (11, 11), (11, 12)}, 500)))
