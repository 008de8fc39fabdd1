"""Integers beyond the machine word: factorials, Fibonacci, modular powers, digits of pi."""


def pi_digits(count):
    q, r, t, k, n, l = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < count:
        if 4 * q + r - t < n * t:
            out.append(n)
            q, r, n = 10 * q, 10 * (r - n * t), 10 * (3 * q + r) // t - 10 * n
        else:
            q, r, t, k, n, l = q * k, (2 * q + r) * l, t * l, k + 1, (q * (7 * k + 2) + r * l) // (t * l), l + 2
    return "".join(map(str, out))


factorial = 1
for i in range(1, 6000):
    factorial *= i
a, b = 0, 1
for _ in range(60000):
    a, b = b, a + b
print(factorial.bit_length(), a % 10 ** 20, pow(3, 10 ** 300, 10 ** 200 + 7) % 1000000007, pi_digits(2000)[-20:])
print(sum((1 << i) % 1000003 for i in range(0, 20000, 7)), factorial.bit_count(), (factorial >> 5000) & 0xFFFFFF)
