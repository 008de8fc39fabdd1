# How SyntaxErrors are displayed: one line, several lines, indented, beyond ASCII, in f-strings.
import sys
for s in ("a b","x = (1,\n2 3)","f(x for x in y,\n 1)","'''abc","def f(:","  x","if 1:\nx","print 1","print(é $ 1)","\tx = 1 1","a = 1 +","x = {1:2,\n 3}", "try:\n  pass\nexcept A,\n  B: pass","f'{a b}'","f'''\n\n{a $ b}'''","call(\na=1,\n\n  b c)"):
    try: compile(s,"<x>","exec")
    except SyntaxError as e: sys.__excepthook__(type(e),e,None)
