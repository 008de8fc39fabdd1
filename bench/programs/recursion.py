"""Plain function calls: Fibonacci, Ackermann, Hanoi, N queens, with defaults and keywords."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(n, source="a", target="b", spare="c"):
    if n == 0:
        return 0
    return hanoi(n - 1, source, target=spare, spare=target) + 1 + hanoi(n - 1, source=spare, target=target, spare=source)


def queens(n, row=0, columns=0, left=0, right=0):
    if row == n:
        return 1
    count = 0
    free = ~(columns | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        count += queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


print(fib(30), ackermann(2, 400), hanoi(18), queens(9))
