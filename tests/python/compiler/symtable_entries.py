import _symtable,symtable
t=_symtable.symtable("def f(x,*a):\n y=x\n global z\n def g(): return y\nclass A:\n def m(self): return __class__, super()\nimport b.c\n[i for i in q]","f","exec")
def show(t,d=0):
    print(' '*d,t.name,t.type,t.symbols,t.varnames,t.nested,t.lineno)
    for c in t.children: show(c,d+1)
show(t)
for a in (("x","f","foo"),(3,"f","exec"),("x\0","f","exec"),("x",3,"exec"),(b"x",b"f","eval"),("break","f","exec"),("nonlocal x","f","exec")):
    try: print(_symtable.symtable(*a).name)
    except Exception as e: print(type(e),e)
try: type(t)()
except Exception as e: print(e)
try: t.name=3
except Exception as e: print(e)
