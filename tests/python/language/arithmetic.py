print(1 + 1)  # expect: 2
print(7 // -2, 7 % -2, divmod(-7, 2), 2 ** -1)  # expect: -4 -1 (-4, 1) 0.5
print(2 ** 100)  # expect: 1267650600228229401496703205376
print(0.1 + 0.2, 1e22, 1e16, -0.0)  # expect: 0.30000000000000004 1e+22 1e+16 -0.0
print(3 < 4 < 5, 1 == 1.0, "a" < "b")  # expect: True True True
None + 1  # raises: TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'
