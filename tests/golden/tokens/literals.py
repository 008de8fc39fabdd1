# comment at the start
x = 0xFF + 0b1010 + 0o17 + 1_000_000 + 3.14e-10 + 1j + .5 + 10.
s = 'a' "b" '''c
d''' """e""" r"\n" b"\x00" Rb'\d' f"{x!r:>{10}} {x + 1}" u'z'
name_with_ünïcode = "ключ"
a = (1,
     2,  # inside

     3)
b = 1 + \
    2
