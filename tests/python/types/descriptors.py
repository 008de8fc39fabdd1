def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
import types
t(list.append); t(list.append,1); t(list.append,[],1,2); t(list.append,[],x=1); t(list.append,[]); t(list.append,1,2)
t([].append); t([].append,1,2); t([].append,x=1)
t(list.clear,[],1); t([].clear,1); t([].clear,x=1)
t("".join); t(str.join, 1)
t(list.__len__); t(list.__len__,1); t(list.__len__,[],1); t(list.__len__,[],x=1); t([].__len__,1); t([].__len__,x=1)
t(list.__add__,[],1,2); t(list.__init__,1)
t(int.__pow__,1); t(int.__pow__,1,2,3,4)
t(dict.fromkeys); t(dict.__dict__['fromkeys']); t(dict.__dict__['fromkeys'],dict,[1]); t(dict.__dict__['fromkeys'],1); t(dict.__dict__['fromkeys'],int,[1])
t(dict.__dict__['fromkeys'].__get__,1); t(dict.__dict__['fromkeys'].__get__,None); t(dict.__dict__['fromkeys'].__get__,None,int);t(dict.__dict__['fromkeys'].__get__,None,3)
t(list.append.__get__,1); t(list.append.__get__,None,list); t(list.append.__get__,[]) ; t(list.append.__get__,None,None)
t(int.real.__get__,'a'); t(int.real.__set__,1,2); t(int.real.__delete__,1); t(types.FunctionType.__globals__.__set__, t, 3); t(types.FunctionType.__globals__.__get__, 1); t(types.FunctionType.__closure__.__delete__,t)
t(repr,int.real); t(repr,types.FunctionType.__globals__); t(repr,list.append); t(repr,list.__len__); t(repr,[].__len__); t(repr,dict.__dict__['fromkeys']); t(repr, [].append); t(repr,len); t(repr, dict.fromkeys)
t(lambda: list.append.__qualname__); t(lambda: list.append.__objclass__); t(lambda: [].__len__.__qualname__);t(lambda: [].append.__qualname__); t(lambda: len.__qualname__); t(lambda: dict.fromkeys.__qualname__); t(lambda: len.__module__); t(lambda: [].append.__module__); t(lambda:[].append.__self__); t(lambda: len.__self__)
t(list.append.__reduce__); t([].__len__.__reduce__); t([].append.__reduce__); t(len.__reduce__); t(list.__len__.__reduce__); t(int.real.__reduce_ex__,2)
t(lambda: [].__len__ == [].__len__); a=[]; t(lambda: a.__len__ == a.__len__); t(lambda: hash(a.__len__)==hash(a.__len__)); t(lambda: a.__len__.__objclass__)
t(lambda: a.append == a.append, ); t(lambda:a.append<a.append); t(lambda:a.__len__<a.__len__)
p=types.MappingProxyType({'a':1}); t(lambda:p); t(str,p); t(lambda: p|{'b':2}); t(lambda: {'b':2}|p); t(lambda: p.__ior__({})); t(types.MappingProxyType,1); t(types.MappingProxyType,[]); t(types.MappingProxyType); t(lambda:p=={'a':1}); t(hash,p); t(p.get,'a'); t(p.get); t(p.keys); t(p.keys); t(reversed,p); t(lambda:p['x'])
t(property,1,2,3,4,5); pr=property(lambda s:1); 
class A: x=pr; y=property(); z=property(None,lambda s,v:0)
t(lambda:A().x); t(setattr,A(),'x',1); t(delattr,A(),'x'); t(getattr,A(),'y');t(getattr,A(),'z'); t(setattr,A(),'y',1); t(lambda: property().__get__(1)); t(pr.__set_name__,1); t(pr.__set_name__,1,2); t(property().__set__,1,2); t(lambda: property().__delete__(1)); t(lambda: pr.getter()); t(lambda:pr.__isabstractmethod__); t(lambda: A.x); t(lambda: pr.fget)
