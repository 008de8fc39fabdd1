def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
from contextvars import *
t(ContextVar); t(ContextVar,1); t(ContextVar,'a',3); t(ContextVar,'a',default=3); t(ContextVar,name='a'); t(ContextVar,'a',foo=1); t(ContextVar,'a',default=1,foo=2)
v=ContextVar('v'); w=ContextVar('w',default=5)
t(v.get); t(w.get); t(v.get,3); t(v.get,1,2); tok=v.set(7); t(lambda:tok); t(v.get); t(lambda:tok.var); t(lambda:tok.old_value); t(v.reset,3); t(w.reset,tok); t(v.reset,tok); t(lambda:tok); t(v.reset,tok); t(v.get); t(Token); t(Token,1); t(lambda:Token.MISSING); t(lambda:type(Token.MISSING)); t(lambda: v.name); t(setattr,v,'name',3); t(lambda: ContextVar[int]); t(lambda:Token[int]); t(hash,tok)
c=copy_context(); t(Context,1); t(Context,a=1); t(len,c); t(lambda:c[v]); t(lambda:c[3]); t(lambda: v in c); t(lambda: 3 in c); v.set(1); c=copy_context(); t(lambda:c[v]); t(lambda: list(c)); t(lambda:list(c.keys())); t(lambda:list(c.items())); t(lambda:list(c.values())); t(c.get,v); t(c.get,w); t(c.get,w,9); t(c.get,3); t(c.run); t(c.run,v.get); t(c.run,lambda a,b=1:(a,b),3,b=4); t(c.run,c.run,int); t(lambda:c==c.copy()); t(lambda:c==3); t(lambda:c<c); t(hash,c); t(lambda:type(iter(c))); t(lambda: type(c.keys()), ); t(lambda:type(c.items())); t(lambda:type(c.values())); t(lambda: c.run(lambda:1/0))
def f():
    tk=v.set(3)
    return tk
t(lambda: type(iter(c)).__module__)
