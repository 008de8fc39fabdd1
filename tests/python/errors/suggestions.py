import sys
class Thing:
    colour = 1
def attempt(action):
    try: exec(action, {"Thing": Thing, "number": 1, "sys": sys})
    except Exception: sys.excepthook(*sys.exc_info())
for action in ("Thing.color", "nubmer", "sys.pth", "import sys.nothing", "from sys import nothing", "prnt(1)",
               "None.x", "x: int; x", "Thing().__init__(1)", "len()", "[].append()", "int('x')", "{}.update(1)"):
    attempt(action)
prnt("end")
