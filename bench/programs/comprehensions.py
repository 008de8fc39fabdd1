"""List, set and dictionary comprehensions, unpacking, slices: matrices and primes."""


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def primes(limit):
    sieve = [True] * limit
    sieve[0] = sieve[1] = False
    for i in range(2, int(limit ** 0.5) + 1):
        if sieve[i]:
            sieve[i * i::i] = [False] * len(range(i * i, limit, i))
    return [i for i, prime in enumerate(sieve) if prime]


n = 130
a = [[(i * j) % 10 for j in range(n)] for i in range(n)]
b = [[(i + j) % 10 for j in range(n)] for i in range(n)]
c = multiply(a, b)
found = primes(1000000)
triples = [(x, y, z) for x in range(1, 200) for y in range(x, 200) for z in (int((x * x + y * y) ** 0.5),) if x * x + y * y == z * z]
residues = {i * i % 1009 for i in range(200000)}
index = {str(i): [i, *range(i % 3)] for i in range(60000)}
print(sum(map(sum, c)), len(found), found[-1], len(triples), len(residues), sum(len(v) for v in index.values()))
print(sum(x for x, *rest in index.values() if rest), [row[::-7] for row in c[:2]])
