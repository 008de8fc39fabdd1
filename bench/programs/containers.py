"""collections, itertools and heapq as programs use them: queues, named tuples, counters, a shortest path."""
import collections
import heapq
import itertools

Edge = collections.namedtuple("Edge", "target cost")


def grid(n):
    graph = collections.defaultdict(list)
    for x, y in itertools.product(range(n), repeat=2):
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            if 0 <= x + dx < n and 0 <= y + dy < n:
                graph[x, y].append(Edge((x + dx, y + dy), 1 + (x * 7 + y * 13) % 9))
    return graph


def shortest(graph, start, end):
    best, queue = {start: 0}, [(0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == end:
            return cost
        for edge in graph[node]:
            new = cost + edge.cost
            if new < best.get(edge.target, 1 << 30):
                best[edge.target] = new
                heapq.heappush(queue, (new, edge.target))


def josephus(n, k):
    circle = collections.deque(range(n))
    while len(circle) > 1:
        circle.rotate(1 - k)
        circle.popleft()
    return circle[0]


print(shortest(grid(150), (0, 0), (149, 149)), josephus(200000, 7))
letters = collections.Counter(itertools.chain.from_iterable(itertools.islice(itertools.cycle(["abc", "cde", "eff"]), 900000)))
print(letters.most_common(3), sum(1 for _ in itertools.combinations(range(30), 5)))
print([len(list(g)) for k, g in itertools.groupby(range(700000), key=lambda i: i // 30000)], sum(itertools.accumulate(range(700000))) % 9973)
