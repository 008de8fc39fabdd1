def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
E=ExceptionGroup; B=BaseExceptionGroup
t(E); t(E,'a'); t(E,1,[]); t(E,'a',3); t(E,'a',[]); t(E,'a',[1]); t(E,'a',[KeyboardInterrupt()]); t(B,'a',[ValueError(1)]); t(B,'a',[KeyboardInterrupt()]); t(E,'a',[ValueError(1)],3); t(E,'a',[ValueError()],x=1); t(E,'a',{ValueError()})
class X(B,Exception): pass
t(X,'a',[KeyboardInterrupt()])
e=E('m',[ValueError(1),TypeError(2),E('n',[ValueError(3)])])
t(e.split,ValueError); t(e.subgroup,ValueError); t(e.split,3); t(e.split,(ValueError,3)); t(e.split,lambda x:isinstance(x,TypeError)); t(e.split,KeyError); t(e.subgroup,KeyError); t(e.split,Exception); t(e.derive,[ValueError()]); t(e.derive); t(e.derive,3); t(lambda:e.message); t(lambda:e.exceptions); t(setattr,e,'message',3); t(e.split); t(e.split,ValueError,3)
class D(E):
    def derive(self,x): return 3
t(D('a',[ValueError()]).split,ValueError); t(D('a',[ValueError(),TypeError()]).split,ValueError)
t(lambda:E.__module__); t(lambda:E[int]); t(lambda:e.args); t(E.__reduce__,e); t(lambda: E.__dict__.keys())
t(lambda:B.__class_getitem__)
